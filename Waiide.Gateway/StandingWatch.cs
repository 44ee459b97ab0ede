using System.Collections.Concurrent;

namespace Waiide.Gateway;

/// <summary>
/// Ends what is still open when the person who opened it may no longer have it: a WebSocket in words, any other exchange by cutting it. Asks at short intervals; those
/// who ask the hub remember its answer for a while (<c>TokenCache</c>), so that a session with many open exchanges costs one question.
/// </summary>
internal sealed class StandingWatch(TimeProvider clock) : BackgroundService
{
    // With the 45 s for which an answer is remembered, and the 10 s that the hub has to give one, a revoked session is gone within a minute. So it is where the hub fails once, at once, and then answers: that
    // costs one look more.
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Open, byte> _open = new();

    /// <summary>Calls <paramref name="end"/> with the reason once <paramref name="standing"/> no longer holds, unless what is returned has been disposed before.</summary>
    public IDisposable Over(Standing standing, Func<EndReason, Task> end)
    {
        var open = new Open(this, standing, end);
        if (standing != Standing.Firm)
        {
            _open[open] = 0;
        }

        return open;
    }

    /// <summary>Asks about everything now: somebody has just signed out.</summary>
    public Task LookAsync() => Task.WhenAll(_open.Keys.Select(LookAsync));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // A question that hangs delays no look at the others, and is not asked twice: whoever asks the hub waits for the same answer.
            var next = Task.Delay(Interval, clock, stoppingToken);
            await await Task.WhenAny(LookAsync(), next);
            await next;
        }
    }

    private async Task LookAsync(Open open)
    {
        if (await open.Standing.Objection() is { } reason && _open.TryRemove(open, out _))
        {
            _ = open.End(reason); // Takes seconds where a browser does not answer; the others are not to wait for it.
        }
    }

    private sealed class Open(StandingWatch watch, Standing standing, Func<EndReason, Task> end) : IDisposable
    {
        public Standing Standing => standing;

        public Func<EndReason, Task> End => end;

        public void Dispose() => watch._open.TryRemove(this, out _);
    }
}
