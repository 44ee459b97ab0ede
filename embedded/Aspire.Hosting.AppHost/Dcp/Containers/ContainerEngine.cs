using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>docker or podman, by its command: what it is asked and what it answers.</summary>
internal sealed class ContainerEngine(string name, string path, ProcessRun processes)
{
    // Long enough for a busy machine; a command that takes longer hangs.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EndPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    public string Name => name;

    public string Path => path;

    public bool IsPodman => name == "podman";

    /// <summary>What the command prints; its failure is an exception with the engine's own words.</summary>
    public async Task<string> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, Func<Stream, Task>? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var answer = await TryAsync(arguments, cancellationToken, input, environment).ConfigureAwait(false);
        return answer.IsSuccess ? answer.Output : throw new ContainerEngineException($"{name}: {answer.Complaint}");
    }

    /// <summary>What the command prints, and whether it succeeded.</summary>
    public async Task<EngineAnswer> TryAsync(
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        Func<Stream, Task>? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? limit = null)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit ?? AnswerLimit);
        var (output, errors) = (new List<string>(), new List<string>());
        try
        {
            // Not told to the guard: a command that starts a container leaves helpers behind (a name server, a port forwarder) which all of this user's containers share.
            var exitCode = await RunAsync(arguments, (line, isError) => (isError ? errors : output).Add(line), isGuarded: false, input, environment, limited.Token).ConfigureAwait(false);
            return new EngineAnswer(exitCode, output, errors);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new EngineAnswer(-1, output, [$"'{name} {arguments[0]}' did not answer within {(limit ?? AnswerLimit).TotalSeconds} s."]);
        }
    }

    /// <summary>Why the engine does not work; null: it does.</summary>
    public async Task<string?> ComplaintAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await TryAsync(["container", "ls", "-n", "1"], cancellationToken, limit: ProbeLimit).ConfigureAwait(false);
            return answer.IsSuccess ? null : answer.Complaint;
        }
        catch (ContainerEngineException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Runs a command that may take its time; each line is heard as it comes (true: standard error). Cancelling ends it.</summary>
    public Task<int> FollowAsync(IReadOnlyList<string> arguments, Action<string, bool> onLine, CancellationToken cancellationToken) =>
        RunAsync(arguments, onLine, isGuarded: true, null, null, cancellationToken);

    private async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        Action<string, bool> onLine,
        bool isGuarded,
        Func<Stream, Task>? input,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(arguments, environment);
        using var guarded = isGuarded ? processes.Guarded(process.Id) : null;
        using var giveUp = new CancellationTokenSource();
        var drained = Task.WhenAll(
            OutputLines.ReadAsync(process.StandardOutput, line => onLine(line, false), giveUp.Token),
            OutputLines.ReadAsync(process.StandardError, line => onLine(line, true), giveUp.Token));
        try
        {
            await SpeakAsync(process, input).WaitAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, isGuarded ? ProcessTree.Below(process.Id) : null).ConfigureAwait(false);
            throw;
        }
        finally
        {
            // A helper that the engine leaves behind may hold the pipes open: it cannot hold us.
            giveUp.CancelAfter(DrainLimit);
            await drained.ConfigureAwait(false);
        }

        return process.ExitCode;
    }

    private Process Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        // In a session of its own: Ctrl+C in our terminal does not reach it.
        var start = new ProcessStartInfo(ProcessRun.SetsidPath(), [path, .. arguments])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // Where this AppHost is itself the child of another one, the helpers must not look like that one's.
        ProcessRun.RemoveMarkers(start.Environment);
        foreach (var (variable, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ContainerEngineException($"'{name}' could not be started: {exception.Message}.");
        }
    }

    private static async Task SpeakAsync(Process process, Func<Stream, Task>? input)
    {
        try
        {
            var stream = process.StandardInput.BaseStream;
            await using (stream.ConfigureAwait(false))
            {
                await (input?.Invoke(stream) ?? Task.CompletedTask).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It did not listen to the end; why, it says itself.
        }
    }

    // A build's step runs in a container of its own, which a helper of the command ends, given time, and now and then does not.
    private static async Task EndAsync(Process process, ProcessTree? below)
    {
        Posix.Signal(-process.Id, Posix.SigTerm);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < KillLimit && Posix.GroupExists(process.Id);)
        {
            await Task.Delay(EndPause).ConfigureAwait(false);
        }

        Posix.Signal(-process.Id, Posix.SigKill);
        below?.Kill();
    }
}

/// <summary>What a command of the engine printed and how it ended.</summary>
internal sealed record EngineAnswer(int ExitCode, IReadOnlyList<string> Lines, IReadOnlyList<string> Errors)
{
    public bool IsSuccess => ExitCode == 0;

    public string Output => string.Join('\n', Lines);

    /// <summary>The engine's own words about its failure, without its other remarks.</summary>
    public string Complaint
    {
        get
        {
            // "Error: no such image" (podman) beside lines such as "time=... level=warning msg=..."
            var errors = Errors.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ToArray();
            var told = errors.Length > 0 ? errors : [.. Errors.Where(line => line.Trim().Length > 0).TakeLast(3)];
            return told.Length == 0 ? $"exit code {ExitCode}." : string.Join(' ', told.Select(line => line.StartsWith("Error: ", StringComparison.Ordinal) ? line["Error: ".Length..] : line));
        }
    }
}

/// <summary>The engine refused; the message is in its own words.</summary>
internal sealed class ContainerEngineException(string message) : DistributedApplicationException(message);
