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

    public HistogramValue? Histogram { get; init; }

    public Exemplar[] Exemplars { get; init; } = [];
}

/// <summary>What a histogram says besides its sum.</summary>
internal sealed record HistogramValue(double Count, Distribution Distribution, double? Min, double? Max);

/// <summary>One measurement and the span it was made in.</summary>
internal sealed record Exemplar(ulong Time, double Value, TraceId TraceId, SpanId SpanId);
