namespace Waiide.Gateway.Auth;

/// <summary>For log lines that anybody can cause without signing in: one in a minute says enough, a million fill the disk.</summary>
internal sealed class Seldom(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long _next;

    /// <summary>True at most once a minute.</summary>
    internal bool IsDue()
    {
        var now = clock.GetUtcNow();
        var next = Interlocked.Read(ref _next);
        return now.Ticks >= next && Interlocked.CompareExchange(ref _next, (now + Pause).Ticks, next) == next;
    }
}
