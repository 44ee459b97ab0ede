using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What starts and ends consist of, whoever asked for them: process, readiness, route, token.</summary>
internal sealed partial class Spawns(HubOptions options, HubState state, LocalSpawner spawner, Readiness readiness, IRoutes routes, Limits limits, HubMetrics metrics, TimeProvider clock, ILogger<Spawns> logger)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Begins a start; the caller holds the lock.</summary>
    public Task<string?> Start(Server server, ServerRun run, JsonObject userOptions)
    {
        server.State = ServerState.Spawning;
        server.UserOptions = userOptions;
        return run.Start = Task.Run(() => ReachAsync(server, run, () => Launch(server, run)));
    }

    /// <summary>Takes up a server whose process still runs from before the hub was restarted.</summary>
    public Task<string?> TakeUp(Server server, SpawnedProcess process)
    {
        var run = ServerRun.Of(server);
        lock (run.Changing)
        {
            server.State = ServerState.Spawning;
            run.Process = process;
            return run.Start = Task.Run(() => ReachAsync(server, run));
        }
    }

    /// <summary>Ends a server's process, with everything that it started, and what the hub holds for it. One that is ending already is ended once.</summary>
    public Task EndAsync(Server server, ServerRun run, SpawnedProcess process)
    {
        lock (run.Changing)
        {
            if (server.State != ServerState.Ready || run.Process != process)
            {
                return run.End ?? Task.CompletedTask;
            }

            server.State = ServerState.Stopping;
            return run.End = Task.Run(() => CleanUpAsync(server, run, process));
        }
    }

    /// <summary>Forgets a server once it has ended, unless it was started again meanwhile.</summary>
    public async Task RemoveAfterAsync(Task end, Server server, ServerRun run)
    {
        await end;
        lock (run.Changing)
        {
            if (server.State != ServerState.Stopped)
            {
                return;
            }

            try
            {
                state.RemoveServer(server);
            }
            catch (SqliteException error)
            {
                Log.NotRemoved(logger, new LogText(server.LogName), error.Message); // Whoever asked may have gone.
                throw;
            }
        }
    }

    /// <summary>Ends all servers, one that is starting too.</summary>
    public Task EndAllAsync() => Task.WhenAll(state.Servers.Where(server => !server.IsAttached).Select(server =>
    {
        var run = ServerRun.Of(server);
        return run.Process is not { } process ? Task.CompletedTask : server.State == ServerState.Spawning ? CleanUpAsync(server, run, process) : EndAsync(server, run, process);
    }));

    /// <summary>Waits until a server that the hub did not start answers, or is given up; for its progress.</summary>
    public async Task<string?> AnswersAsync(Server server, CancellationToken cancellation)
    {
        while (server.State == ServerState.Spawning)
        {
            await Task.Delay(BetweenLooks, clock, cancellation);
        }

        return null;
    }

    private void Launch(Server server, ServerRun run)
    {
        var process = run.Process = spawner.Start(server, state.Admit(server));
        HubTraces.Event("process started", "process.pid", process.Id);
        (server.ProcessId, server.ProcessStarted) = (process.Id, process.Started);
        state.Save(server);
        _ = TellEarlyEndAsync(server, process);
    }

    // Whatever goes wrong: a process that was started has an owner until it has ended.
    private async Task<string?> ReachAsync(Server server, ServerRun run, Action? launch = null)
    {
        using var span = launch is null ? null : HubTraces.Begin("spawn")?.SetTag("waiide.server", server.LogName);
        var (failure, outcome, since) = ("", "ready", clock.GetTimestamp());
        try
        {
            launch?.Invoke();
            if (await IsReachedAsync(server, run, run.Process!))
            {
                HubTraces.Event("ready");
                return null;
            }

            outcome = "no_answer";
            failure = $"Server at {server.Url?.GetLeftPart(UriPartial.Authority)}{server.Prefix} didn't respond in {options.Spawner.HttpTimeout.TotalSeconds:0.###} seconds";
            Log.Failed(logger, new LogText(server.LogName), failure);
        }
        catch (SpawnException error)
        {
            (failure, outcome) = (error.Message, "failed");
            Log.Failed(logger, new LogText(server.LogName), failure);
        }
        catch (Exception error)
        {
            (failure, outcome) = ("Internal Server Error", "broken");
            Log.Broke(logger, error, new LogText(server.LogName));
        }
        finally
        {
            if (launch is not null)
            {
                metrics.SpawnEnded(outcome, clock.GetElapsedTime(since));
            }
        }

        span?.SetStatus(ActivityStatusCode.Error, failure);
        if (run.Process is not { } process)
        {
            Dismiss(server);
        }
        else
        {
            await (server.State == ServerState.Spawning ? CleanUpAsync(server, run, process) : EndAsync(server, run, process));
        }

        return failure;
    }

    private async Task<bool> IsReachedAsync(Server server, ServerRun run, SpawnedProcess process)
    {
        var since = clock.GetTimestamp();
        if (!await readiness.WaitAsync(server, CancellationToken.None))
        {
            return false;
        }

        await routes.AddAsync(server, CancellationToken.None);
        lock (run.Changing)
        {
            server.State = ServerState.Ready;
        }

        state.Save(server);
        var seconds = clock.GetElapsedTime(since).TotalSeconds;
        Log.Ready(logger, new LogText(server.LogName), seconds);
        _ = WatchAsync(server, run, process);
        return true;
    }

    private async Task CleanUpAsync(Server server, ServerRun run, SpawnedProcess process)
    {
        var since = clock.GetTimestamp();
        await routes.RemoveAsync(server, CancellationToken.None);
        if (!await StopSchedule.RunAsync(process, options.Spawner, clock))
        {
            Log.Survived(logger, new LogText(server.LogName), process.Id);
        }

        await ServerFamily.EndAsync(server, process.Id, options, clock);
        limits.Forget(process.Id);
        run.Process = null;
        Dismiss(server);
        var seconds = clock.GetElapsedTime(since).TotalSeconds;
        Log.Ended(logger, new LogText(server.LogName), seconds);
    }

    // The server has ended, whether that can be written or not; Reconnect finds the row that is out of date and puts it right.
    private void Dismiss(Server server)
    {
        try
        {
            state.Dismiss(server);
        }
        catch (SqliteException error)
        {
            Log.NotKept(logger, new LogText(server.LogName), error.Message);
        }
    }

    // The start fails only when its time is over, as JupyterHub's does; the log need not wait.
    private async Task TellEarlyEndAsync(Server server, SpawnedProcess process)
    {
        var code = await process.Exited;
        if (server.State == ServerState.Spawning)
        {
            Log.EndedEarly(logger, new LogText(server.LogName), process.Id, code, ServerFolders.Output(server, options.Spawner));
        }
    }

    private async Task WatchAsync(Server server, ServerRun run, SpawnedProcess process)
    {
        var code = await process.Exited;
        if (server.State == ServerState.Ready && run.Process == process)
        {
            Log.Died(logger, new LogText(server.LogName), code?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown");
            await EndAsync(server, run, process);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Server} is ready after {Seconds:0.00} s.")]
        public static partial void Ready(ILogger logger, LogText server, double seconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} could not be started: {Reason}")]
        public static partial void Failed(ILogger logger, LogText server, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Server} could not be started.")]
        public static partial void Broke(ILogger logger, Exception failure, LogText server);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The process of {Server} ({Id}) ended with exit code {Code} before it answered; what it printed is in {Output}.")]
        public static partial void EndedEarly(ILogger logger, LogText server, int id, int? code, string output);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} ended by itself, with exit code {Code}.")]
        public static partial void Died(ILogger logger, LogText server, string code);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Server} is stopped, which the database could not be told ({Reason}); the next start of the hub makes it up.")]
        public static partial void NotKept(ILogger logger, LogText server, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Server} is stopped, but could not be removed: {Reason}")]
        public static partial void NotRemoved(ILogger logger, LogText server, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Server} is given up: its process {Id} survived SIGKILL.")]
        public static partial void Survived(ILogger logger, LogText server, int id);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Server} is stopped, after {Seconds:0.00} s.")]
        public static partial void Ended(ILogger logger, LogText server, double seconds);
    }
}
