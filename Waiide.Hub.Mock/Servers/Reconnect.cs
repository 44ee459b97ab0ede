using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What happens to servers when the hub itself comes and goes: those of the last run are found again, and at the end they are stopped or left alone (Hub:CleanupServers).</summary>
internal sealed partial class Reconnect(HubOptions options, HubState state, Lifecycle lifecycle, Spawns spawns, IRoutes routes, Restart restart, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<Reconnect> logger) : IHostedService
{
    private Task _ending = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // When stopping begins, not when the web server has drained: both have to fit into the same time. A hub that begins anew finds its servers again.
        lifetime.ApplicationStopping.Register(() => _ending = lifecycle.EndsServers && !IsToFindThem() ? spawns.EndAllAsync() : Task.CompletedTask);
        foreach (var server in state.Servers.Where(server => !server.IsAttached).ToArray())
        {
            if (server is { ProcessId: { } id, ProcessStarted: { } started, Url: not null }
                && SpawnedProcess.FindAgain(id, started, server.Prefix, options.Spawner.PollInterval, clock) is { } process)
            {
                Log.Found(logger, new LogText(server.LogName), id, server.Url);
                await routes.AddAsync(server, cancellationToken); // It answered before: pages that are open need not wait until it is asked.
                _ = spawns.TakeUp(server, process);
            }
            else if (server.ProcessId is not null || server.State != ServerState.Stopped)
            {
                Log.Gone(logger, new LogText(server.LogName), server.ProcessId);
                await routes.RemoveAsync(server, cancellationToken);
                state.Dismiss(server);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _ending.WaitAsync(cancellationToken);

    private bool IsToFindThem() => restart.Away is not null && options.Database != Database.InMemory;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Server} still runs as process {Id}; it is asked at {Url}.")]
        public static partial void Found(ILogger logger, LogText server, int id, Uri url);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} no longer runs: its process {Id} is gone.")]
        public static partial void Gone(ILogger logger, LogText server, int? id);
    }
}
