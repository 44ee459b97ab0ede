using System.Security.Cryptography;
using Aspire.Dashboard;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Starts the dashboard where the AppHost's settings say, and prints the link to it. An application whose dashboard cannot start runs without it.</summary>
internal sealed partial class DashboardHost(
    ApplicationView view,
    DistributedApplicationOptions options,
    DistributedApplicationExecutionContext execution,
    IConfiguration configuration,
    ILogger<DistributedApplication> logger) : IHostedLifecycleService, IAsyncDisposable
{
    // What the dashboard's own servers have to say is nobody's business but for their failures.
    private readonly ILoggerFactory _logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
    private DashboardServer? _server;

    /// <summary>Where the application's processes send their telemetry; null: nowhere.</summary>
    public string? OtlpUrl => _server?.OtlpHttpUrl;

    /// <summary>What they must have in the header x-otlp-api-key; null: nothing.</summary>
    public string? OtlpApiKey { get; private set; }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (execution.IsPublishMode || Address("ASPNETCORE_URLS") is not { } pages)
        {
            return;
        }

        var isOpen = configuration.GetValue("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", false);
        OtlpApiKey = isOpen ? null : Key("AppHost:OtlpApiKey");
        var settings = new DashboardOptions
        {
            FrontendUrl = pages,
            OtlpHttpUrl = Address("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"),
            BrowserToken = isOpen ? null : configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] is { Length: > 0 } given ? given : Secret(),
            OtlpApiKey = OtlpApiKey,
            ApiKey = isOpen ? null : Key("AppHost:DashboardApiKey"),
        };
        try
        {
            _server = await DashboardServer.StartAsync(settings, view, _logs, cancellationToken).ConfigureAwait(false);
            execution.Dashboard = this;
            Log.Listening(logger, _server.FrontendUrl);
        }
        catch (IOException exception)
        {
            Log.NoDashboard(logger, exception.Message);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (_server is { } server)
        {
            Log.Login(logger, server.LoginUrl);
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }

        _logs.Dispose();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The first of several: "https://localhost:17000;http://localhost:15100".
    private Uri? Address(string setting)
    {
        var first = configuration[setting]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(url => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase));
        return Uri.TryCreate(first, UriKind.Absolute, out var url) ? url : null;
    }

    // The same from run to run, so that what was given it once keeps it.
    private string Key(string name) => configuration[name] is { Length: > 0 } given ? given : UserSecrets.KeepOrCreate(options.Assembly, name, Secret);

    private static string Secret() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Now listening on: {Address}")]
        public static partial void Listening(ILogger logger, string address);

        [LoggerMessage(Level = LogLevel.Information, Message = "Login to the dashboard at {DashboardLoginUrl}")]
        public static partial void Login(ILogger logger, string dashboardLoginUrl);

        [LoggerMessage(Level = LogLevel.Warning, Message = "There is no dashboard in this run: {Reason} Choose another address for it with --ASPNETCORE_URLS=http://localhost:PORT (and --ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL); port 0 takes any that is free.")]
        public static partial void NoDashboard(ILogger logger, string reason);
    }
}
