using System.Net;
using Microsoft.Extensions.ServiceDiscovery;

namespace Waiide.Gateway.Ide;

/// <summary>Watches an IDE server that somebody else runs: finds it by service discovery, asks for its version about once a second, and tells whether it may be dialed.</summary>
internal sealed partial class AttachedIde(GatewayOptions options, IdeState state, IdeAddress address, IdeProbe probe, ServiceEndpointResolver resolver, ILogger<AttachedIde> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // What stands between (the engine's proxy, a container network) may hold a connection to a dead IDE for as long as it likes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var seen = false;
        var start = Begin(Traces.GatewayStart(), "The gateway started.");
        do
        {
            var problem = await FindAsync(stoppingToken) ?? (await probe.AskAsync(Limit, stoppingToken)).Problem;
            if (problem is null)
            {
                seen = true;
                if (state.Set(IdeStatus.Running, "The IDE server answers."))
                {
                    start.Event("ready");
                    start?.Stop();
                    Log.Found(logger, address.Now!);
                }
            }
            else
            {
                if (state.IsUsable)
                {
                    state.Dies(new Ending(EndReason.IdeLost));
                }

                if (state.Set(seen ? IdeStatus.Failed : IdeStatus.Starting, problem))
                {
                    start?.Stop();
                    start = Begin(default, problem);
                    Log.Lost(logger, problem);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private System.Diagnostics.Activity? Begin(System.Diagnostics.ActivityContext parent, string why)
    {
        var span = Traces.IdeStart("ide attach", parent, state.Cause, why);
        state.Cause = span?.Context ?? default;
        System.Diagnostics.Activity.Current = null;
        return span;
    }

    private async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        var name = options.IdeUrl!.ToString();
        try
        {
            var found = await resolver.GetEndpointsAsync(name, cancellationToken);
            if (found.Endpoints.Count == 0)
            {
                return $"WAIIDE_IDE_URL is {name}, but the configuration has no endpoint for that name and scheme.";
            }

            address.Set(UrlOf(found.Endpoints[0].EndPoint));
            return null;
        }
        catch (Exception failure) when (failure is InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return $"WAIIDE_IDE_URL is {name}, which could not be resolved: {failure.Message}";
        }
    }

    // A service that is known from configuration is a whole URL; one that is only a host name keeps the scheme that was asked for.
    private Uri UrlOf(EndPoint endPoint) => endPoint switch
    {
        UriEndPoint uri => uri.Uri,
        DnsEndPoint dns => UrlOf(dns.Host, dns.Port),
        IPEndPoint ip => UrlOf(ip.Address.ToString(), ip.Port),
        _ => throw new InvalidOperationException($"The IDE server is at {endPoint}, which is not an address that HTTP is spoken to."),
    };

    private Uri UrlOf(string host, int port) => new UriBuilder(options.IdeUrl!.Scheme.Split('+')[0], host, port == 0 ? -1 : port).Uri;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The IDE server answers at {Address}.")]
        public static partial void Found(ILogger logger, IdeAddress.Place address);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The IDE cannot be used: {Problem}")]
        public static partial void Lost(ILogger logger, string problem);
    }
}
