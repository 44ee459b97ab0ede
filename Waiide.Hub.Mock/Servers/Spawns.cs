using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What starts and ends consist of, whoever asked for them: process, readiness, route, token.</summary>
internal sealed partial class Spawns(HubOptions options, HubState state, LocalSpawner spawner, Readiness readiness, IRoutes routes, Limits limits, TimeProvider clock, ILogger<Spawns> logger)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Begins a start; the caller holds the lock.</summary>
    public Task<string?> Start(Server server, ServerRun run, JsonObject userOptions)
    {
        server.State = ServerState.Spawning;
        server.UserOptions = userOptions;
        return run.Start = Task.Run(() => StartAsync(server, run));
    }

    /// <summary>Takes up a server whose process still runs from before the hub was restarted.</summary>
    public Task<string?> TakeUp(Server server, SpawnedProcess process)
    {
        var run = ServerRun.Of(server);
        lock (run.Changing)
        {
            server.State = ServerState.Spawning;
            run.Process = process;
            return run.Start = Task.Run(() => FinishAsync(server, run, process));
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
            await Task.Delay(Grace, clock, cancellation);
        }

        return null;
    }

    private async Task<string?> StartAsync(Server server, ServerRun run)
    {
        try
        {
            var process = run.Process = spawner.Start(server, state.Admit(server));
            (server.ProcessId, server.ProcessStarted) = (process.Id, process.Started);
            state.Save(server);
            _ = TellEarlyEndAsync(server, process);
            return await FinishAsync(server, run, process);
        }
        catch (SpawnException failure)
        {
            Log.Failed(logger, new LogText(server.LogName), failure.Message);
            state.Dismiss(server);
            return failure.Message;
        }
        catch (Exception failure)
        {
            Log.Broke(logger, failure, new LogText(server.LogName));
            state.Dismiss(server);
            return "Internal Server Error";
        }
    }

    private async Task<string?> FinishAsync(Server server, ServerRun run, SpawnedProcess process)
    {
        var since = clock.GetTimestamp();
        string failure;
        try
        {
            if (await readiness.WaitAsync(server, CancellationToken.None))
            {
                await routes.AddAsync(server, CancellationToken.None);
                lock (run.Changing)
                {
                    server.State = ServerState.Ready;
                }

                state.Save(server);
                var seconds = clock.GetElapsedTime(since).TotalSeconds;
                Log.Ready(logger, new LogText(server.LogName), seconds);
                _ = WatchAsync(server, run, process);
                return null;
            }

            failure = $"Server at {server.Url!.GetLeftPart(UriPartial.Authority)}{server.Prefix} didn't respond in {options.Spawner.HttpTimeout.TotalSeconds:0.###} seconds";
        }
        catch (HttpRequestException error)
        {
            failure = $"The front proxy did not take the route of {server.LogName}: {error.Message}";
        }

        Log.Failed(logger, new LogText(server.LogName), failure);
        await CleanUpAsync(server, run, process);
        return failure;
    }

    private async Task CleanUpAsync(Server server, ServerRun run, SpawnedProcess process)
    {
        var since = clock.GetTimestamp();
        try
        {
            await routes.RemoveAsync(server, CancellationToken.None);
        }
        catch (HttpRequestException error)
        {
            Log.RouteStays(logger, server.Prefix, error.Message); // The process ends all the same; the proxy then answers 503.
        }

        if (!await StopSchedule.RunAsync(process, options.Spawner, clock))
        {
            Log.Survived(logger, new LogText(server.LogName), process.Id);
        }

        await EndFamilyAsync(server, process);
        limits.Forget(process.Id);
        run.Process = null;
        state.Dismiss(server);
        var seconds = clock.GetElapsedTime(since).TotalSeconds;
        Log.Ended(logger, new LogText(server.LogName), seconds);
    }

    // The signals went to one process only. What it left behind, such as an IDE, is asked to end too, and then killed.
    private async Task EndFamilyAsync(Server server, SpawnedProcess process)
    {
        var since = clock.GetTimestamp();
        var asked = new HashSet<int>();
        while (clock.GetElapsedTime(since) < 2 * Grace && FamilyOf(server, process.Id) is { Count: > 0 } left)
        {
            foreach (var one in left)
            {
                if (clock.GetElapsedTime(since) > Grace)
                {
                    Posix.Signal(one.Id, Posix.SigKill);
                }
                else if (asked.Add(one.Id))
                {
                    Posix.Signal(one.Id, Posix.SigTerm);
                }
            }

            await Task.Delay(Glance, clock);
        }
    }

    // The gateway hands these two on to its IDE, and the IDE to its terminals, which are sessions of their own.
    private IReadOnlyList<ProcessTable.Entry> FamilyOf(Server server, int session) =>
        ProcessTable.Family(session, $"JUPYTERHUB_SERVICE_PREFIX={server.Prefix}", $"JUPYTERHUB_API_URL={options.ApiUrl}");

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

        [LoggerMessage(Level = LogLevel.Warning, Message = "The front proxy keeps the route {Prefix}: {Reason}")]
        public static partial void RouteStays(ILogger logger, string prefix, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Server} is given up: its process {Id} survived SIGKILL.")]
        public static partial void Survived(ILogger logger, LogText server, int id);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Server} is stopped, after {Seconds:0.00} s.")]
        public static partial void Ended(ILogger logger, LogText server, double seconds);
    }
}
