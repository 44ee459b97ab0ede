using System.Diagnostics;

namespace Waiide.Gateway.Ide;

/// <summary>Supervises an IDE server of the gateway's own: starts it, watches it, starts it again whenever it ends, and ends it with everything it started.</summary>
internal sealed partial class IdeProcess(GatewayOptions options, IdeHome home, IdeState state, IdeAddress address, IdeProbe probe, IHostApplicationLifetime lifetime, ILogger<IdeProcess> logger)
    : BackgroundService
{
    private const int LongestLine = 2000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WhileRunning = TimeSpan.FromSeconds(5);

    // An IDE that is busy may take its time for an answer; one that takes longer than this hangs.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    // The whole gateway has 5 s to end; code-server takes about one.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2.5);

    // Of the run, or the pause, that is going on; null where there is none: attached, not begun, or stopping.
    private volatile CancellationTokenSource? _restart;

    // Who asked for the restart last, for the traces.
    private volatile Why _asked = new("Somebody asked for it.", default);

    private sealed record Why(string Sentence, ActivityContext Cause);

    /// <summary>
    /// Ends the IDE server and starts it again at once, or cuts the pause short; asked for twice at a time, once. False where nothing is supervised.
    /// </summary>
    public bool Restart()
    {
        if (_restart is not { } restart || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return false;
        }

        _asked = new Why("Somebody asked for it.", Traces.Here);
        _ = restart.CancelAsync(); // Not Cancel, which would have the caller do the supervisor's work.
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // When stopping begins, not when the web server has drained: both have to fit into the same few seconds.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await lifetime.ListeningAsync(stop.Token); // One that cannot listen ends at once, and must not leave an IDE behind.
            await home.EnterAsync();
            try
            {
                await SuperviseAsync(stop.Token);
            }
            finally
            {
                _restart = null;
                await home.LeaveAsync();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private async Task SuperviseAsync(CancellationToken stop)
    {
        var attempt = 0;
        var why = new Why("The gateway started.", default);
        for (var restarts = 0; ; restarts++)
        {
            var restart = new CancellationTokenSource();
            _restart = restart;
            using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(stop, restart.Token);
            var startedAt = Stopwatch.GetTimestamp();
            try
            {
                var reason = await RunOnceAsync(restarts, why, interrupt.Token);
                why = new Why(reason, state.Cause);

                // A server that ran for a while has earned a fresh start; one that dies at once has not.
                if (Stopwatch.GetElapsedTime(startedAt) > LongestPause)
                {
                    attempt = 0;
                }

                var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(attempt++, 10)));
                state.Set(IdeStatus.Failed, reason, nextAttempt: DateTimeOffset.UtcNow + pause);
                Log.Ended(logger, reason, pause.TotalSeconds);
                await Task.Delay(pause, interrupt.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                attempt = 0;
                why = _asked;
                Log.Restarting(logger);
            }
        }
    }

    /// <summary>Starts the server once and returns, when it has ended by itself, the sentence that says so: nobody asked for it, whatever the exit code.</summary>
    private async Task<string> RunOnceAsync(int restarts, Why why, CancellationToken interrupt)
    {
        using var span = Traces.IdeStart("ide start", restarts == 0 ? Traces.GatewayStart() : default, why.Cause, why.Sentence);
        state.Cause = span?.Context ?? default;
        try
        {
            using var process = Run.Start(home.Prepare());
            span.Event("process started", "process.pid", process.Id);
            state.ForgetLines();
            state.Set(IdeStatus.Starting, "The IDE server is starting.", restarts);
            Log.Started(logger, options.IdeCommand, process.Id, address.Now!);
            _ = KeepLinesAsync(process.StandardOutput);
            _ = KeepLinesAsync(process.StandardError);
            try
            {
                await WatchAsync(process.WaitForExitAsync(interrupt), span, interrupt);
            }
            catch (OperationCanceledException)
            {
                state.Dies(new Ending(EndReason.IdeRestarted));
                state.Set(IdeStatus.Starting, "The IDE server is being stopped.");
                await Run.EndGroupAsync(process, StopGrace);
                throw;
            }

            state.Dies(new Ending(EndReason.IdeEnded, ExitInWords(process.ExitCode)));

            // Its children hold the port, and notice only after seconds that they are alone.
            Run.KillGroup(process);
            var end = $"The IDE server ended with exit code {process.ExitCode}.";
            span.Failed(end); // If it was never ready.
            return end;
        }
        catch (IdeException failure)
        {
            span.Failed(failure.Message);
            return failure.Message;
        }
    }

    // What shells say of a process that a signal has ended: 128 and its number.
    private static string ExitInWords(int code) => code switch
    {
        128 + 9 => $" with exit code {code} (killed, by hand or because the machine had no memory left)",
        > 128 and < 128 + 65 => $" with exit code {code} (ended by signal {code - 128})",
        _ => $" with exit code {code}",
    };

    private async Task WatchAsync(Task exit, System.Diagnostics.Activity? span, CancellationToken interrupt)
    {
        var (wait, listens) = (WhileStarting, false);
        while (true)
        {
            var answer = probe.AskAsync(AnswerLimit, interrupt);
            if (await Task.WhenAny(answer, exit) == exit)
            {
                break;
            }

            var (problem, isThere) = await answer;
            if (isThere && !listens)
            {
                listens = true;
                span.Event("listening");
            }

            if (problem is null)
            {
                wait = WhileRunning;
                if (state.Set(IdeStatus.Running, "The IDE server answers."))
                {
                    span.Event("ready");
                    Log.Ready(logger);
                    span?.Stop();
                }
            }
            else if (wait == WhileRunning && state.Set(IdeStatus.Failed, problem))
            {
                Log.Hangs(logger, problem);
            }

            await Task.WhenAny(exit, Task.Delay(wait, interrupt));
        }

        await exit;
    }

    private async Task KeepLinesAsync(StreamReader output)
    {
        using var ours = output; // A Process leaves its closing to whoever reads.
        System.Diagnostics.Activity.Current = null; // What is printed in an hour is no part of the start.
        try
        {
            await BoundedLines.ReadAsync(output, LongestLine, (line, _) =>
            {
                state.Say(line);
                Log.Line(logger, line);
            });
        }
        catch (Exception failure) when (failure is ObjectDisposedException or IOException or OperationCanceledException)
        {
            // The gateway ends, or the pipe cannot be read: what would be lost is a line of the log.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The IDE server {Command} was started as process {Id}; it will listen at {Address}.")]
        public static partial void Started(ILogger logger, string command, int id, IdeAddress.Place address);

        [LoggerMessage(Level = LogLevel.Information, Message = "The IDE can be used.")]
        public static partial void Ready(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} It starts again in {Seconds} s.")]
        public static partial void Ended(ILogger logger, string reason, double seconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The IDE server runs but cannot be used: {Problem}")]
        public static partial void Hangs(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "The IDE server starts again because somebody asked for it.")]
        public static partial void Restarting(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Line}")]
        public static partial void Line(ILogger logger, string line);
    }
}
