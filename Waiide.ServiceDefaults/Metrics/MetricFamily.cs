using System.Diagnostics.Metrics;

namespace Waiide.ServiceDefaults.Metrics;

/// <summary>One instrument: its series, one for each set of attributes that was seen.</summary>
internal sealed class MetricFamily
{
    // Whoever makes an attribute of something without end (a path, a name) finds it here, not in the memory of the gateway and of Prometheus.
    internal const int MostSeries = 200;

    // OpenTelemetry's own, for whoever gives none.
    private static readonly double[] UsualBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
    private static readonly KeyValuePair<string, object?>[] Overflow = [new("otel.metric.overflow", "true")];

    private readonly bool _isObserved;

    // Few: looked through faster than hashed, and without a key to make for each measurement.
    private readonly List<Series> _series = [];

    // One for each instrument: a chunk of a WebSocket waits for no more than another chunk to be counted.
    private readonly Lock _gate = new();

    internal MetricFamily(Instrument instrument)
    {
        (Name, Help, Unit, _isObserved) = (instrument.Name, instrument.Description ?? "", instrument.Unit ?? "", instrument.IsObservable);
        var type = instrument.GetType().GetGenericTypeDefinition();
        Kind = type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        Bounds = Kind != MetricKind.Histogram ? [] : instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised] : UsualBounds;
    }

    internal string Name { get; }

    internal string Help { get; }

    internal string Unit { get; }

    internal MetricKind Kind { get; }

    /// <summary>The upper bounds of a histogram's buckets; the last, which has none, is not among them.</summary>
    internal IReadOnlyList<double> Bounds { get; }

    /// <summary>A family as it stood at one moment.</summary>
    internal readonly record struct Reading(MetricFamily Family, IReadOnlyList<Series> Series);

    internal Reading Read()
    {
        lock (_gate)
        {
            return new Reading(this, [.. _series.Where(series => series.IsThere).Select(series => series.Copy())]);
        }
    }

    /// <summary>What is asked for anew may be gone by now.</summary>
    internal void ForgetObserved()
    {
        if (_isObserved)
        {
            lock (_gate)
            {
                _series.ForEach(series => series.IsThere = false);
            }
        }
    }

    internal void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            var series = Find(tags);
            if (Kind == MetricKind.Histogram)
            {
                series.Count++;
                series.Value += value;
                series.Buckets[BucketOf(value)]++;
            }
            else
            {
                series.Value = _isObserved ? value : series.Value + value;
            }

            series.IsThere = true;
        }
    }

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var known in _series)
        {
            if (known.Has(tags))
            {
                return known;
            }
        }

        if (_series.Count >= MostSeries)
        {
            return _series[^1].Has(Overflow) ? _series[^1] : Add(Overflow);
        }

        return Add(tags);
    }

    private Series Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var added = new Series(tags.ToArray(), Kind == MetricKind.Histogram ? Bounds.Count + 1 : 0);
        _series.Add(added);
        return added;
    }

    private int BucketOf(double value)
    {
        var at = 0;
        while (at < Bounds.Count && value > Bounds[at])
        {
            at++;
        }

        return at;
    }
}

/// <summary>What Prometheus takes an instrument for.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>Where an instrument stands for one set of attributes.</summary>
internal sealed class Series(KeyValuePair<string, object?>[] tags, int buckets)
{
    internal IReadOnlyList<KeyValuePair<string, object?>> Tags => tags;

    /// <summary>Of a histogram the sum.</summary>
    internal double Value { get; set; }

    internal long Count { get; set; }

    /// <summary>How many fell into each, not cumulated.</summary>
    internal long[] Buckets { get; } = new long[buckets];

    internal bool IsThere { get; set; }

    internal Series Copy()
    {
        var copy = new Series(tags, buckets) { Value = Value, Count = Count, IsThere = IsThere };
        Buckets.CopyTo(copy.Buckets, 0);
        return copy;
    }

    internal bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
        {
            return false;
        }

        for (var at = 0; at < tags.Length; at++)
        {
            if (tags[at].Key != others[at].Key || !Equals(tags[at].Value, others[at].Value))
            {
                return false;
            }
        }

        return true;
    }
}
