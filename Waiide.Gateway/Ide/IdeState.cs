using System.Diagnostics;
using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>Whether the IDE can be used, as the last probe or the supervisor saw it.</summary>
internal enum IdeStatus
{
    /// <summary>Not ready yet.</summary>
    Starting,

    /// <summary>/version answered.</summary>
    Running,

    /// <summary>It ended or stopped answering; supervised, it comes back by itself.</summary>
    Failed,
}

/// <summary>The one place where the IDE's state is kept: written by the supervisor or the probe, read by the proxy, the API and the health check.</summary>
internal sealed class IdeState
{
    private const int KeptLines = 12;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private volatile TaskCompletionSource<Death> _nextDeath = NewDeath();
    private TaskCompletionSource _usable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActivityContext _cause;
    private volatile Snapshot _now = new(IdeStatus.Starting, "The IDE server is starting.", 0, Stopwatch.GetTimestamp(), new CancellationTokenSource());

    /// <summary>
    /// One consistent view: the status, why it is so, how often a supervised IDE was started again, when the status began, what its end is told by, and when the next attempt is made.
    /// </summary>
    internal sealed record Snapshot(IdeStatus Status, string Reason, int Restarts, long Since, CancellationTokenSource Losing, DateTimeOffset? NextAttempt = null)
    {
        /// <summary>Cancelled when the IDE, usable until then, no longer is.</summary>
        public CancellationToken Lost => Losing.Token;

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Since);

        /// <summary>The seconds until the next attempt; null where none is waited for.</summary>
        public int? NextIn => NextAttempt is { } next ? Math.Max(0, (int)Math.Ceiling((next - DateTimeOffset.UtcNow).TotalSeconds)) : null;

        /// <summary>All of it in a sentence or two of the moment.</summary>
        public string Detail => NextIn is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{Reason} The next attempt is in {seconds} s.") : Reason;
    }

    /// <summary>An end of the IDE server: why, and when. <paramref name="Run"/> is the number of restarts before it began.</summary>
    internal sealed record Death(Ending Ending, int Run, DateTimeOffset At);

    public Snapshot Now => _now;

    /// <summary>The last; null before the first.</summary>
    public Death? LastDeath { get; private set; }

    /// <summary>When the memory guard last ended somebody's extensions in this run; null: never.</summary>
    public DateTimeOffset? GuardedAt { get; private set; }

    /// <summary>Done with the next end that is noticed.</summary>
    public Task<Death> NextDeath => _nextDeath.Task;

    public bool IsUsable => _now.Status == IdeStatus.Running;

    /// <summary>Done when the IDE can be used; it may be gone again by then.</summary>
    public Task UsableAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _usable.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The last lines that a supervised IDE printed, for the person who wonders what it is doing.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The start of the IDE in the traces that is going on, or the last one.</summary>
    public ActivityContext Cause
    {
        get
        {
            lock (_gate)
            {
                return _cause;
            }
        }

        set
        {
            lock (_gate)
            {
                _cause = value;
            }
        }
    }

    /// <summary>Returns true when the status is another one than before.</summary>
    public bool Set(IdeStatus status, string reason, int? restarts = null, DateTimeOffset? nextAttempt = null)
    {
        lock (_gate)
        {
            var before = _now;
            var isLost = before.Status == IdeStatus.Running && status != IdeStatus.Running;
            _now = new Snapshot(
                status,
                reason,
                restarts ?? before.Restarts,
                status == before.Status ? before.Since : Stopwatch.GetTimestamp(),
                isLost ? new CancellationTokenSource() : before.Losing,
                nextAttempt);
            if (status == IdeStatus.Running)
            {
                _usable.TrySetResult();
            }

            if (isLost)
            {
                _usable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _ = before.Losing.CancelAsync(); // Not Cancel, which would have the supervisor do the work of everybody who waits, and fail with it.
            }

            return status != before.Status;
        }
    }

    /// <summary>To be said before the status changes: what the status tells people is for the moment, and this is for those who ask why something broke off.</summary>
    public void Dies(Ending ending)
    {
        lock (_gate)
        {
            var (death, waited) = (new Death(ending, _now.Restarts, DateTimeOffset.UtcNow), _nextDeath);
            (LastDeath, GuardedAt, _nextDeath) = (death, null, NewDeath());
            waited.SetResult(death);
        }
    }

    public void MemoryGuardEndedExtensions() => GuardedAt = DateTimeOffset.UtcNow;

    /// <summary>A run begins: what the one before it printed is no longer the last.</summary>
    public void ForgetLines()
    {
        lock (_gate)
        {
            _lines.Clear();
        }
    }

    private static TaskCompletionSource<Death> NewDeath() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Say(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
