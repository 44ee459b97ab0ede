namespace Waiide.Hub.Mock.State;

/// <summary>The latest moment at which something was used; it only moves forward.</summary>
internal sealed class LastActivity(DateTimeOffset? latest = null)
{
    private long _ticks = latest?.UtcTicks ?? 0;
    private long _kept;

    public DateTimeOffset? Latest => Moment(Interlocked.Read(ref _ticks));

    /// <summary>The latest moment, if the database does not have it yet.</summary>
    public DateTimeOffset? Unkept => Interlocked.Read(ref _ticks) is var ticks && ticks > Interlocked.Read(ref _kept) ? Moment(ticks) : null;

    public void Record(DateTimeOffset moment) => Advance(ref _ticks, moment);

    /// <summary>The database has this moment now.</summary>
    public void Kept(DateTimeOffset moment) => Advance(ref _kept, moment);

    /// <summary>As the database had it.</summary>
    public void Restore(DateTimeOffset? moment)
    {
        if (moment is { } kept)
        {
            Record(kept);
            Kept(kept);
        }
    }

    private static DateTimeOffset? Moment(long ticks) => ticks > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private static void Advance(ref long latest, DateTimeOffset moment)
    {
        var seen = Interlocked.Read(ref latest);
        while (moment.UtcTicks > seen)
        {
            var before = Interlocked.CompareExchange(ref latest, moment.UtcTicks, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
