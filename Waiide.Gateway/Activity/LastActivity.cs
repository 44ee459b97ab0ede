namespace Waiide.Gateway.Activity;

/// <summary>When somebody last used this server: touched by authorized requests and by WebSocket traffic, never by health probes.</summary>
internal sealed class LastActivity(TimeProvider clock)
{
    private long _ticks = clock.GetUtcNow().UtcTicks;

    public DateTimeOffset Time => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Touch() => Interlocked.Exchange(ref _ticks, clock.GetUtcNow().UtcTicks);
}
