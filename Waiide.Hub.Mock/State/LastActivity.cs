namespace Waiide.Hub.Mock.State;

/// <summary>The latest moment at which something was used; it only moves forward.</summary>
internal sealed class LastActivity(DateTimeOffset? latest = null)
{
    private long _ticks = latest?.UtcTicks ?? 0;

    public DateTimeOffset? Latest => Interlocked.Read(ref _ticks) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void Record(DateTimeOffset moment)
    {
        var seen = Interlocked.Read(ref _ticks);
        while (moment.UtcTicks > seen)
        {
            var before = Interlocked.CompareExchange(ref _ticks, moment.UtcTicks, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
