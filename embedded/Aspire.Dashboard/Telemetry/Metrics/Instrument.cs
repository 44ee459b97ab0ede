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
internal sealed class Instrument(Scope meter, string name, string description, string unit, InstrumentKind kind)
{
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private int _count;

    public Scope Meter { get; } = meter;

    public string Name { get; } = name;

    public string Description { get; } = description;

    public string Unit { get; } = unit;

    public InstrumentKind Kind { get; } = kind;

    public IEnumerable<Series> Series => _series.Select(entry => entry.Value);

    /// <summary>The series of these dimensions; null when there are too many already.</summary>
    public Series? SeriesOf(Attribute[] dimensions)
    {
        var key = Metrics.Series.KeyOf(dimensions);
        if (_series.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_count >= Limits.SeriesOfAnInstrument)
        {
            return null;
        }

        _count++;
        return _series[key] = new Series(key, dimensions);
    }
}

/// <summary>The instruments of a resource and, together, their newest points. Writers take turns, readers take nothing.</summary>
internal sealed class InstrumentSet
{
    private readonly ConcurrentDictionary<(Scope Meter, string Name, InstrumentKind Kind), Instrument> _instruments = new();
    private readonly Queue<Series> _order = new();
    private int _count;

    public Lock Writing { get; } = new();

    public IEnumerable<Instrument> All => _instruments.Select(entry => entry.Value);

    public bool IsEmpty => _instruments.IsEmpty;

    /// <summary>The instrument, new if need be; null when there are too many already.</summary>
    public Instrument? Of(Scope meter, string name, string description, string unit, InstrumentKind kind)
    {
        if (_instruments.TryGetValue((meter, name, kind), out var known))
        {
            return known;
        }

        if (_count >= Limits.InstrumentsOfAResource)
        {
            return null;
        }

        _count++;
        return _instruments[(meter, name, kind)] = new Instrument(meter, name, description, unit, kind);
    }

    public void Add(Series series, MetricPoint point)
    {
        if (series.Add(point))
        {
            _order.Enqueue(series);
            if (_order.Count > Limits.PointsOfAResource)
            {
                _order.Dequeue().DropOldest();
            }
        }
    }

    public void Clear()
    {
        lock (Writing)
        {
            _instruments.Clear();
            _order.Clear();
            _count = 0;
        }
    }
}
