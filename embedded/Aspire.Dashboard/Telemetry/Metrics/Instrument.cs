using System.Collections.Concurrent;

namespace Aspire.Dashboard.Telemetry.Metrics;

internal enum InstrumentKind
{
    /// <summary>A value that is, such as a queue's length.</summary>
    Gauge,

    /// <summary>A sum that goes up and down.</summary>
    UpDownCounter,

    /// <summary>A sum that only grows; its rate is what people look at.</summary>
    Counter,

    Histogram,
}

/// <summary>An instrument of a resource: what its meter, name and kind are, and its series.</summary>
internal sealed class Instrument(InstrumentSet set, Scope meter, string name, string description, string unit, InstrumentKind kind)
{
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private int _count;

    public Scope Meter { get; } = meter;

    public string Name { get; } = name;

    public string Description { get; } = description;

    public string Unit { get; } = unit;

    public InstrumentKind Kind { get; } = kind;

    /// <summary>About what it takes in memory without its series.</summary>
    public long FixedBytes { get; } = 400 + ((meter.Name.Length + meter.Version.Length + name.Length + description.Length + unit.Length) * 2);

    public IEnumerable<Series> Series => _series.Select(entry => entry.Value);

    /// <summary>The series of these dimensions; null when there are too many already, or no room for it.</summary>
    public Series? SeriesOf(Attribute[] dimensions)
    {
        var key = Metrics.Series.KeyOf(dimensions);
        if (_series.TryGetValue(key, out var known))
        {
            return known;
        }

        var series = new Series(key, dimensions);
        if (_count >= Limits.SeriesOfAnInstrument || !set.TryHold(series.FixedBytes))
        {
            return null;
        }

        _count++;
        return _series[key] = series;
    }
}
