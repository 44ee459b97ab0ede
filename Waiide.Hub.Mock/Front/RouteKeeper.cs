using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>
/// Looks at the front proxy's routes every <see cref="ProxyOptions.LastActivityInterval"/>, as JupyterHub does: takes over what activity they saw, puts back the
/// ones that are missing, leads the ones that go elsewhere to where they should go, and deletes those of nobody.
/// </summary>
internal sealed partial class RouteKeeper(HubOptions options, HubState state, IRoutes routes, RouteDoubts doubts, ILogger<RouteKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // The first time routes are made, and not repaired.
    private bool _isFirst = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var known = await routes.ListAsync(stoppingToken);
                TakeOverActivity(known);
                await CheckAsync(known, stoppingToken);
                _isFirst = false;
                if (failures > 0)
                {
                    Log.Back(logger);
                }

                failures = 0;
            }
            catch (HttpRequestException error)
            {
                if (failures++ == 0)
                {
                    Log.Away(logger, options.Proxy.ApiUrl!, new LogText(error.Message));
                }
            }

            // A proxy that is away is asked again soon, and less and less often.
            var pause = failures == 0 ? options.Proxy.LastActivityInterval : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 0.25 * Math.Pow(2, failures)));
            await doubts.WaitAsync(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void TakeOverActivity(IReadOnlyList<ProxyRoute> known)
    {
        foreach (var route in known.Where(route => route.Added is null || route.LastActivity > route.Added))
        {
            if (route is { User: { } user, ServerName: { } name, LastActivity: { } seen } && state.FindUser(user) is { } owner && owner.Servers.TryGetValue(name, out var server))
            {
                server.LastActivity.Record(seen);
                owner.LastActivity.Record(seen);
            }
        }
    }

    private async Task CheckAsync(IReadOnlyList<ProxyRoute> known, CancellationToken stopping)
    {
        var targets = known.ToDictionary(route => route.RouteSpec, route => route.Target, StringComparer.Ordinal);
        if (targets.GetValueOrDefault("/") != options.Proxy.HubUrl.GetLeftPart(UriPartial.Authority))
        {
            await routes.AddHubAsync(stopping);
        }

        foreach (var server in state.Servers.Where(IsRouted))
        {
            // It may have stopped since, and have no address any more.
            if (server.Url is { } url && targets.GetValueOrDefault(server.Prefix) != url.GetLeftPart(UriPartial.Authority))
            {
                if (!_isFirst)
                {
                    Log.Repaired(logger, server.Prefix);
                }

                await routes.AddAsync(server, stopping);
            }
        }

        foreach (var route in known.Where(route => route.RouteSpec != "/"))
        {
            // Asked for each when its turn comes: a server may have started meanwhile. One that is starting or stopping may come to its route, or leave it, by itself.
            if (!state.Servers.Any(server => server.Prefix == route.RouteSpec && (IsRouted(server) || server.State is ServerState.Spawning or ServerState.Stopping)))
            {
                Log.Stale(logger, new LogText(route.RouteSpec));
                await routes.RemoveAsync(route, stopping);
            }
        }
    }

    // One that the hub did not start keeps its route while it is away: that is the proxy's 503, not the hub's 404.
    private static bool IsRouted(Server server) => server.Url is not null && (server.IsAttached || server.State == ServerState.Ready);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The front proxy's REST API at {Url} does not tell its routes: {Reason}. The hub keeps asking.")]
        public static partial void Away(ILogger logger, Uri url, LogText reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "The front proxy tells its routes again; they are as they should be.")]
        public static partial void Back(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "The front proxy gets the route {Route}, which it did not have.")]
        public static partial void Repaired(ILogger logger, string route);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The front proxy has the route {Route}, which leads to no server that runs; it is deleted.")]
        public static partial void Stale(ILogger logger, LogText route);
    }
}

/// <summary>Raised when the proxy's routes may not be what they should be, so that nobody waits for the next regular look at them.</summary>
internal sealed class RouteDoubts : IDisposable
{
    // What made a change fail may last; tried again at once, it would fail as fast.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _raised = new(0);

    public void Raise() => _raised.Release();

    /// <summary>Waits until a doubt is raised, and a moment more, at most for <paramref name="pause"/>; those raised before it returns are one.</summary>
    public async Task WaitAsync(TimeSpan pause, CancellationToken cancellation)
    {
        if (await _raised.WaitAsync(pause, cancellation))
        {
            await Task.Delay(Moment, cancellation);
            while (_raised.Wait(TimeSpan.Zero, CancellationToken.None))
            {
            }
        }
    }

    public void Dispose() => _raised.Dispose();
}
