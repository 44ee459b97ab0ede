using System.Collections.Concurrent;

namespace Aspire.Dashboard.Telemetry.Metrics;

/// <summary>The instruments of a resource and, together, their newest points. Writers take turns (<see cref="MetricBudget.Writing"/>), readers take nothing.</summary>
internal sealed class InstrumentSet(MetricBudget budget)
{
    private readonly ConcurrentDictionary<(Scope Meter, string Name, InstrumentKind Kind), Instrument> _instruments = new();

    // One entry for each point, and until when that point was known to hold as it was put here.
    private readonly Queue<(Series Series, ulong Until)> _order = new();
    private int _count;

    public MetricBudget Budget => budget;

    /// <summary>About what the instruments and series take in memory, and what their points do.</summary>
    public long FixedBytes { get; private set; }

    public long PointBytes { get; private set; }

    public IEnumerable<Instrument> All => _instruments.Select(entry => entry.Value);

    public bool IsEmpty => _instruments.IsEmpty;

    /// <summary>The instrument, new if need be; null when there are too many already, or no room for it.</summary>
    public Instrument? Of(Scope meter, string name, string description, string unit, InstrumentKind kind)
    {
        if (_instruments.TryGetValue((meter, name, kind), out var known))
        {
            return known;
        }

        var instrument = new Instrument(this, meter, name, description, unit, kind);
        if (_count >= Limits.InstrumentsOfAResource || !TryHold(instrument.FixedBytes))
        {
            return null;
        }

        _count++;
        return _instruments[(meter, name, kind)] = instrument;
    }

    /// <summary>Counts what is kept until it is cleared; false: there is no room.</summary>
    public bool TryHold(long bytes)
    {
        if (!budget.HasRoomFor(bytes))
        {
            return false;
        }

        FixedBytes += bytes;
        budget.Keep();
        return true;
    }

    public void Add(Series series, MetricPoint point)
    {
        var before = series.PointBytes;
        if (series.Add(point))
        {
            PointBytes += series.PointBytes - before;
            _order.Enqueue((series, point.Until));
            if (_order.Count > Limits.PointsOfAResource)
            {
                DropOldest();
            }

            budget.Keep();
        }
    }

    public void DropOldest()
    {
        while (_order.TryDequeue(out var oldest))
        {
            // A value that stays takes one point however often it is told: while it is told, that point is not old.
            if (oldest.Series is { HasOne: true, Last: { } only } && only.Until > oldest.Until)
            {
                _order.Enqueue((oldest.Series, only.Until));
                continue;
            }

            var before = oldest.Series.PointBytes;
            oldest.Series.DropOldest();
            PointBytes -= before - oldest.Series.PointBytes;
            return;
        }
    }

    public void Clear()
    {
        lock (budget.Writing)
        {
            _instruments.Clear();
            _order.Clear();
            _count = 0;
            FixedBytes = PointBytes = 0;
        }
    }
}
