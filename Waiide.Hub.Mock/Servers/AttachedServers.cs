using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>Keeps asking the servers of Hub:Servers whether they are there: the hub has not started them, so nothing else tells it.</summary>
internal sealed partial class AttachedServers(HubState state, IRoutes routes, Readiness readiness, TimeProvider clock, ILogger<AttachedServers> logger) : BackgroundService
{
    // Without an answer for this long a server counts as stopped; it is asked all the same, for the hub cannot start it again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WhileReady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(state.Servers.Where(server => server.IsAttached).Select(server => WatchAsync(server, stoppingToken)));

    private async Task WatchAsync(Server server, CancellationToken stopping)
    {
        var silentSince = clock.GetTimestamp();
        var attempt = 0;
        await routes.AddAsync(server, stopping); // Always: what is not there yet is the proxy's 503, not the hub's 404.
        while (!stopping.IsCancellationRequested && state.IsKnown(server))
        {
            var before = server.State;
            var answers = await readiness.AskAsync(server, AnswerLimit, stopping);
            if (answers)
            {
                (attempt, silentSince) = (0, clock.GetTimestamp());
            }

            server.State = answers ? ServerState.Ready : clock.GetElapsedTime(silentSince) > Patience ? ServerState.Stopped : ServerState.Spawning;
            if (server.State != before)
            {
                Log.Changed(logger, server.Prefix, server.State);
            }

            var pause = answers ? WhileReady : Readiness.Pause(attempt++, Random.Shared.NextDouble());
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The server at {Prefix} is {State}.")]
        public static partial void Changed(ILogger logger, string prefix, ServerState state);
    }
}
