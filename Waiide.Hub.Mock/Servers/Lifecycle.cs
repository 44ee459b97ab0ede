using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What a request to start or stop a server hears.</summary>
internal enum Outcome
{
    /// <summary>It is so now.</summary>
    Done,

    /// <summary>It takes longer than a request waits (<see cref="SpawnerOptions.SlowSpawnTimeout"/>, <see cref="SpawnerOptions.SlowStopTimeout"/>), and goes on.</summary>
    Pending,
}

/// <summary>Starts, stops and removes servers; one thing at a time for each. Refusals are <see cref="HubError"/>s in JupyterHub's words. Whoever asked may go away: what was begun goes on.</summary>
internal sealed class Lifecycle(HubOptions options, HubState state, Spawns spawns, TimeProvider clock)
{
    // Nothing starts between counting what starts and starting one more.
    private readonly Lock _counting = new();

    /// <summary>Whether servers end with the hub: as Hub:CleanupServers says, or as whoever shuts it down does.</summary>
    public bool EndsServers { get; set; } = options.Spawner.CleanupServers;

    /// <summary>Starts the user's server of that name, which need not exist yet.</summary>
    /// <param name="patience">How long to wait for it, where that is less than <see cref="SpawnerOptions.SlowSpawnTimeout"/>.</param>
    public async Task<Outcome> StartAsync(User user, string name, JsonObject userOptions, CancellationToken cancellation, TimeSpan? patience = null)
    {
        StartRules.Check(user, name, options, state);
        var server = state.AddServer(user, name);
        var run = ServerRun.Of(server);

        // One that died a moment ago is out of the way first.
        if (server.State == ServerState.Ready && run.Process is { IsAlive: false } dead)
        {
            await spawns.EndAsync(server, run, dead).WaitAsync(cancellation);
        }

        Task<string?> start;
        lock (run.Changing)
        {
            switch (server.State)
            {
                case ServerState.Ready:
                    throw Bad($"{server.LogName} is already running");
                case ServerState.Stopping:
                    throw Bad($"{server.LogName} is pending stop");
                case ServerState.Spawning when !server.IsAttached:
                    return Outcome.Pending;
                default:
                    RefuseAttached(server, "start");
                    lock (_counting)
                    {
                        StartRules.CheckLimits(options.Spawner, state);
                        start = spawns.Start(server, run, userOptions);
                    }

                    break;
            }
        }

        var slow = options.Spawner.SlowSpawnTimeout;
        await Task.WhenAny(start, Task.Delay(patience < slow ? patience.Value : slow, clock, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (start.IsCompleted)
        {
            return await start is { } failure ? throw Failed($"Spawn failed: {failure}") : Outcome.Done;
        }

        // It may have ended without an answer; JupyterHub looks once, now, and goes on asking it all the same.
        return (patience is null || patience >= slow) && run.Process?.Exited is { IsCompleted: true } exited
            ? throw Failed($"Spawner failed to start [status={await exited}]. The logs for {server.LogName} may contain details.")
            : Outcome.Pending;
    }

    /// <summary>Stops a server; one that is not running is <see cref="Outcome.Done"/>.</summary>
    public Task<Outcome> StopAsync(Server server, CancellationToken cancellation) => StopAsync(server, remove: false, cancellation);

    /// <summary>Stops a server and forgets it once it has ended.</summary>
    public Task<Outcome> RemoveAsync(Server server, CancellationToken cancellation) => StopAsync(server, remove: true, cancellation);

    /// <summary>Why the last start of a server that is not running failed; null if it did not.</summary>
    public static async Task<string?> FailureOfAsync(Server server)
    {
        var (state, start) = Look(server);
        return state == ServerState.Stopped && start is not null ? await start : null;
    }

    /// <summary>The progress of a start, from its beginning: ends with the event that says ready or failed. Throws 404 or 400 where there is none.</summary>
    public async IAsyncEnumerable<ProgressEvent> WatchAsync(Server server, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (now, start) = Look(server);
        switch (now)
        {
            case ServerState.Spawning:
                yield return new ProgressEvent(0, "Server requested");
                yield return new ProgressEvent(50, "Spawning server...");
                await (start ?? spawns.AnswersAsync(server, cancellation)).WaitAsync(cancellation);
                break;
            case ServerState.Stopping:
                throw Bad($"{server.LogName} is not starting...");
            case ServerState.Stopped when await FailureOfAsync(server) is null:
                throw new HubError(StatusCodes.Status404NotFound, "Not Found");
        }

        yield return server.State == ServerState.Ready
            ? new ProgressEvent(100, $"Server ready at {server.Prefix}", Ready: true)
            : new ProgressEvent(100, start is not null && await start is { } failure ? $"Spawn failed: {failure}" : "Spawn failed", Failed: true);
    }

    private async Task<Outcome> StopAsync(Server server, bool remove, CancellationToken cancellation)
    {
        var run = ServerRun.Of(server);
        Task end;
        var isFirst = true;
        lock (run.Changing)
        {
            switch (server.State)
            {
                case ServerState.Spawning when !server.IsAttached:
                    throw Bad($"{server.LogName} is pending spawn, please wait");
                case ServerState.Stopping:
                    (end, isFirst) = (run.End!, false);
                    break;
                case ServerState.Stopped when !server.IsAttached:
                    end = Task.CompletedTask;
                    break;
                default:
                    RefuseAttached(server, "stop");
                    end = spawns.EndAsync(server, run, run.Process!);
                    break;
            }
        }

        if (remove)
        {
            end = spawns.RemoveAfterAsync(end, server, run);
        }

        if (isFirst)
        {
            await Task.WhenAny(end, Task.Delay(options.Spawner.SlowStopTimeout, clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        if (!end.IsCompleted)
        {
            return Outcome.Pending;
        }

        await end;
        return Outcome.Done;
    }

    // Both at once: a start that begins now is not to be seen with the failure of the one before.
    private static (ServerState State, Task<string?>? Start) Look(Server server)
    {
        var run = ServerRun.Of(server);
        lock (run.Changing)
        {
            return (server.State, run.Start);
        }
    }

    private static void RefuseAttached(Server server, string what)
    {
        if (server.IsAttached)
        {
            throw Bad($"{server.LogName} is not this hub's to {what}: it was started by whoever set Hub:Servers.");
        }
    }

    private static HubError Bad(string message) => new(StatusCodes.Status400BadRequest, message);

    private static HubError Failed(string message) => new(StatusCodes.Status500InternalServerError, message);
}

/// <summary>One step of a start.</summary>
/// <param name="Progress">0 to 100.</param>
internal sealed record ProgressEvent(int Progress, string Message, bool Ready = false, bool Failed = false);
