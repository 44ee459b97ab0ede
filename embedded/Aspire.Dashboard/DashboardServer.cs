using System.Net;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Consoles;
using Aspire.Dashboard.Front;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Resources;
using Aspire.Dashboard.Telemetry;
using Aspire.Dashboard.Telemetry.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard;

/// <summary>A running dashboard: pages for people on one port, OTLP for programs on another, and what was received in between. Two servers, so that neither can be reached by the other's way in.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const long LargestForm = 64 * 1024, LargestExport = 32 * 1024 * 1024;

    private readonly WebApplication _pages;
    private readonly WebApplication? _otlp;

    private DashboardServer(WebApplication pages, WebApplication? otlp, DashboardOptions options)
    {
        (_pages, _otlp) = (pages, otlp);
        FrontendUrl = AddressOf(pages);
        OtlpHttpUrl = otlp is null ? null : AddressOf(otlp);
        LoginUrl = options.BrowserToken is { } token ? $"{FrontendUrl}/login?t={token}" : FrontendUrl;
    }

    /// <summary>Where the pages are, such as http://localhost:15100, with the port that is listened on.</summary>
    public string FrontendUrl { get; }

    /// <summary>The link that lets a person in.</summary>
    public string LoginUrl { get; }

    /// <summary>Where telemetry is to be sent, with the port that is listened on.</summary>
    public string? OtlpHttpUrl { get; }

    /// <summary>Starts a dashboard of <paramref name="application"/>, or of telemetry alone. Fails with an <see cref="AddressException"/> when an address cannot be had.</summary>
    public static async Task<DashboardServer> StartAsync(DashboardOptions options, IApplication? application, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var store = new TelemetryStore(new Colours(application ?? NoApplication.Instance));
        var pages = Pages(options, application, store, logs);
        var otlp = options.OtlpHttpUrl is { } url ? Otlp(url, options, store, logs) : null;
        try
        {
            await ListenAsync(pages, options.FrontendUrl, cancellationToken).ConfigureAwait(false);
            if (otlp is not null)
            {
                await ListenAsync(otlp, options.OtlpHttpUrl!, cancellationToken).ConfigureAwait(false);
            }

            return new DashboardServer(pages, otlp, options);
        }
        catch
        {
            await EndAsync(pages, otlp).ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => EndAsync(_pages, _otlp);

    private static async Task ListenAsync(WebApplication app, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            throw new AddressException(address, exception);
        }
    }

    private static async ValueTask EndAsync(WebApplication pages, WebApplication? otlp)
    {
        await pages.DisposeAsync().ConfigureAwait(false);
        if (otlp is not null)
        {
            await otlp.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static WebApplication Pages(DashboardOptions options, IApplication? application, TelemetryStore store, ILoggerFactory logs)
    {
        var builder = Builder(options.FrontendUrl, LargestForm, logs);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(application ?? NoApplication.Instance);
        builder.Services.AddSingleton(new Sessions(TimeProvider.System));
        builder.Services.AddSingleton(new Guesses(TimeProvider.System));

        var app = builder.Build();
        app.UseOwnHostOnly();
        app.UseSecurityHeaders();
        app.UseFailures();
        app.UseLogin();
        app.MapAssets();
        app.MapLogin();
        app.MapResources();
        app.MapConsole();
        app.MapTelemetry();
        return app;
    }

    private static WebApplication Otlp(Uri url, DashboardOptions options, TelemetryStore store, ILoggerFactory logs)
    {
        var builder = Builder(url, LargestExport, logs);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(store);

        var app = builder.Build();
        app.UseApiKey(options);
        app.MapOtlp();
        return app;
    }

    private static WebApplicationBuilder Builder(Uri url, long largestBody, ILoggerFactory logs)
    {
        // Nothing of the process's own settings: ASPNETCORE_URLS and the like are the application's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = largestBody;
            if (DashboardOptions.IsEveryAddress(url))
            {
                kestrel.ListenAnyIP(url.Port, listen => listen.Protocols = HttpProtocols.Http1);
            }
            else if (url.Port == 0)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
            else
            {
                kestrel.ListenLocalhost(url.Port, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        return builder;
    }

    private static string AddressOf(WebApplication app)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return $"http://localhost:{address.Port}";
    }
}

/// <summary>An address that was to be listened on is another program's, or not of this machine.</summary>
internal sealed class AddressException(Uri address, Exception reason) : IOException(reason.Message, reason)
{
    public Uri Address { get; } = address;
}
