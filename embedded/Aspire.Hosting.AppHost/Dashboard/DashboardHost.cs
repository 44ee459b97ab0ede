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
    private const string PagesSetting = "ASPNETCORE_URLS", OtlpSetting = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";

    // What the dashboard's own servers have to say is nobody's business but for their failures.
    private readonly ILoggerFactory _logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
    private DashboardServer? _server;

    /// <summary>Where the application's processes send their telemetry; null: nowhere.</summary>
    public string? OtlpUrl => _server?.OtlpHttpUrl;

    /// <summary>What they must have in the header x-otlp-api-key; null: nothing.</summary>
    public string? OtlpApiKey { get; private set; }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (execution.IsPublishMode || Address(PagesSetting) is not { } pages)
        {
            return;
        }

        var isOpen = configuration.GetValue("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", false);
        OtlpApiKey = isOpen ? null : Key("AppHost:OtlpApiKey");
        var settings = new DashboardOptions
        {
            FrontendUrl = pages,
            OtlpHttpUrl = Address(OtlpSetting),
            BrowserToken = isOpen ? null : configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] is { Length: > 0 } given ? given : Secret(),
            OtlpApiKey = OtlpApiKey,
            ApiKey = isOpen || !configuration.GetValue("ASPIRE_DASHBOARD_API_ENABLED", true) ? null : Key("AppHost:DashboardApiKey"),
        };
        if (await StartAsync(settings, cancellationToken).ConfigureAwait(false) is { } server)
        {
            _server = server;
            execution.Dashboard = this;
            SayWhere(PagesSetting, pages, server.FrontendUrl);
            SayWhere(OtlpSetting, settings.OtlpHttpUrl, server.OtlpHttpUrl);
            Log.Listening(logger, server.FrontendUrl);
            Log.Login(logger, server.LoginUrl);
        }
    }

    // An application does not need its dashboard, and a dashboard does not need telemetry.
    private async Task<DashboardServer?> StartAsync(DashboardOptions settings, CancellationToken cancellationToken)
    {
        try
        {
            return await DashboardServer.StartAsync(settings, view, _logs, cancellationToken).ConfigureAwait(false);
        }
        catch (AddressException exception) when (exception.Address == settings.OtlpHttpUrl)
        {
            Log.NoTelemetry(logger, exception.Message, OtlpSetting);
            return await StartAsync(settings with { OtlpHttpUrl = null }, cancellationToken).ConfigureAwait(false);
        }
        catch (AddressException exception)
        {
            Log.NoDashboard(logger, exception.Message, PagesSetting);
            return null;
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

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

    // The first of several: "https://localhost:17000;http://localhost:15100". It is never reached from elsewhere, so it has no use for a certificate.
    private Uri? Address(string setting)
    {
        if (configuration[setting] is not { Length: > 0 } given)
        {
            return null;
        }

        foreach (var candidate in given.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Uri.TryCreate(candidate, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && (url.IsLoopback || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)))
            {
                return url;
            }
        }

        Log.NoAddress(logger, setting, given);
        return null;
    }

    // Whoever has to know where the dashboard is finds it in the settings, which say nothing where any port was asked for.
    private void SayWhere(string setting, Uri? asked, string? listening)
    {
        if (asked is { Port: 0 } && listening is not null)
        {
            configuration[setting] = listening;
        }
    }

    // The same from run to run, so that what was given it once keeps it.
    private string Key(string name)
    {
        if (configuration[name] is { Length: > 0 } given)
        {
            return given;
        }

        try
        {
            return UserSecrets.KeepOrCreate(options.Assembly, name, Secret);
        }
        catch (UserSecretsException exception)
        {
            Log.NotKept(logger, exception.Message, name);
            return Secret();
        }
    }

    private static string Secret() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Now listening on: {Address}")]
        public static partial void Listening(ILogger logger, string address);

        [LoggerMessage(Level = LogLevel.Information, Message = "Login to the dashboard at {DashboardLoginUrl}")]
        public static partial void Login(ILogger logger, string dashboardLoginUrl);

        [LoggerMessage(Level = LogLevel.Warning, Message = "There is no dashboard in this run: {Reason} Choose another address for it with --{Setting}=http://localhost:PORT; port 0 takes any that is free.")]
        public static partial void NoDashboard(ILogger logger, string reason, string setting);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The dashboard receives no telemetry in this run: {Reason} Choose another address for it with --{Setting}=http://localhost:PORT; port 0 takes any that is free.")]
        public static partial void NoTelemetry(ILogger logger, string reason, string setting);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} {Name} is another one in each run until the file is corrected or removed.")]
        public static partial void NotKept(ILogger logger, string reason, string name);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Setting} is '{Given}': the embedded dashboard listens only on this machine and without TLS. Use http://localhost:PORT; port 0 takes any that is free.")]
        public static partial void NoAddress(ILogger logger, string setting, string given);
    }
}
