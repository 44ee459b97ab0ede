using System.Collections.Immutable;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>A started process with all that it starts in turn: when its root ends, however it ends, the rest ends too.</summary>
internal sealed partial class OwnedProcess : ILaunched
{
    // What Aspire's own orchestrator gives a process that is asked to stop.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(6);

    // What a root leaves behind has nobody to serve any more.
    private static readonly TimeSpan LeftoverPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private readonly Process _root;
    private readonly ProcessSpec _spec;
    private readonly ProcessFamily _family;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OwnedProcess(Process root, ProcessSpec spec, string marker, ILogger logger)
    {
        _root = root;
        _spec = spec;
        _family = new ProcessFamily(root.Id, marker);
        _logger = logger;
        Id = root.Id;
        Exited = Task.Run(WatchAsync);
    }

    /// <summary>The process id, which is its session's and its group's too.</summary>
    public int Id { get; }

    public DateTime StartedAt { get; } = DateTime.UtcNow;

    /// <summary>The exit code, or 128 + the signal that killed it; complete once its output is read and nothing that it started is left.</summary>
    public Task<int> Exited { get; }

    public ImmutableArray<ResourcePropertySnapshot> Properties => [new("executable.pid", Id)];

    /// <summary>Asks it to end (SIGTERM) and kills what is left after 6 s; complete with <see cref="Exited"/>. Cancelling ends the waiting, not the stopping.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.TrySetResult();
        return Exited.WaitAsync(cancellationToken);
    }

    public Task ReleaseAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    private async Task<int> WatchAsync()
    {
        using var giveUp = new CancellationTokenSource();
        using (_root)
        {
            var drained = Task.WhenAll(
                OutputLines.ReadAsync(_root.StandardOutput, line => _spec.OnLine(line, false), giveUp.Token),
                OutputLines.ReadAsync(_root.StandardError, line => _spec.OnLine(line, true), giveUp.Token));

            var exit = _root.WaitForExitAsync();
            await Task.WhenAny(exit, _stop.Task);
            var unkillable = await _family.EndAsync(exit.IsCompleted ? LeftoverPatience : StopPatience);
            if (unkillable.Count > 0)
            {
                Log.Unkillable(_logger, _spec.ResourceId, string.Join(", ", unkillable));
            }

            // A process of another family may still hold the pipes open: it cannot hold us.
            giveUp.CancelAfter(DrainLimit);
            await drained;
            if (unkillable.Contains(Id))
            {
                return 128 + Posix.SigKill;
            }

            await exit; // Word of the end may come later than the end.
            return _root.ExitCode;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Processes of {Resource} do not even end by SIGKILL: {Ids}. They wait for the kernel or belong to another user.")]
        public static partial void Unkillable(ILogger logger, string resource, string ids);
    }
}
