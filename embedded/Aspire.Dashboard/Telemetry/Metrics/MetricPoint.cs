namespace Aspire.Dashboard.Telemetry.Metrics;

/// <summary>What a series was worth from one moment until another. Counters and histograms are kept as totals since <paramref name="start"/>, however they were sent.</summary>
internal sealed class MetricPoint(ulong start, ulong time, double value)
{
    private ulong _until = time;

    public ulong Start { get; } = start;

    public ulong From { get; } = time;

    /// <summary>When the value was last seen unchanged.</summary>
    public ulong Until
    {
        get => Volatile.Read(ref _until);
        set => Volatile.Write(ref _until, value);
    }

    /// <summary>The value; of a histogram the sum of the measurements.</summary>
    public double Value { get; } = value;

    public bool IsInteger { get; init; }

    public HistogramValue? Histogram { get; set; }

    public Exemplar[] Exemplars { get; init; } = [];

    /// <summary>About what it takes in memory, beside a neighbour whose bounds it may share.</summary>
    public long BytesBeside(MetricPoint? neighbour) => 120 + (Exemplars.Length * 64) + (Histogram is { Distribution: var own }
        ? 144 + (own.Counts.Length * sizeof(double)) + (ReferenceEquals(own.Bounds, neighbour?.Histogram?.Distribution.Bounds) ? 0 : own.Bounds.Length * sizeof(double))
        : 0);

    /// <summary>Bounds hardly ever change: those that are equal to the ones before are kept once.</summary>
    public void ShareBounds(MetricPoint before)
    {
        if (Histogram is { Distribution: var own } && before.Histogram?.Distribution.Bounds is { } bounds && own.Bounds.AsSpan().SequenceEqual(bounds))
        {
            Histogram = Histogram with { Distribution = own with { Bounds = bounds } };
        }
    }
}

/// <summary>What a histogram says besides its sum.</summary>
internal sealed record HistogramValue(double Count, Distribution Distribution, double? Min, double? Max);

/// <summary>One measurement and the span it was made in.</summary>
internal sealed record Exemplar(ulong Time, double Value, TraceId TraceId, SpanId SpanId);
