namespace Aspire.Dashboard.Telemetry.Metrics;

/// <summary>What the metrics of all resources may take together. Points make room for each other; instruments and series stay, and may take half.</summary>
internal sealed class MetricBudget
{
    private readonly List<InstrumentSet> _sets = [];

    /// <summary>Held by whoever changes a set: its points can push out those of another.</summary>
    public Lock Writing { get; } = new();

    public InstrumentSet NewSet()
    {
        lock (Writing)
        {
            var set = new InstrumentSet(this);
            _sets.Add(set);
            return set;
        }
    }

    public bool HasRoomFor(long fixedBytes) => _sets.Sum(set => set.FixedBytes) + fixedBytes <= Limits.Bytes / 2;

    /// <summary>While all take too much, the resource whose points take most gives up its oldest: one that sends little is not pushed out by one that sends much.</summary>
    public void Keep()
    {
        while (_sets.Sum(set => set.FixedBytes + set.PointBytes) > Limits.Bytes)
        {
            _sets.MaxBy(set => set.PointBytes)!.DropOldest();
        }
    }
}
