namespace Aspire.Dashboard.Telemetry;

/// <summary>The time that a waterfall shows.</summary>
internal readonly record struct TimeAxis(ulong Start, ulong End)
{
    private const ulong Worthwhile = 10_000_000_000;

    public ulong Length => End - Start;

    /// <summary>From the first start to the last end.</summary>
    public static TimeAxis Whole(TraceSummary summary) => new(summary.Start, summary.End);

    /// <summary>Until nothing begins or ends for more than half of the whole time: a WebSocket that was open for an hour would make a line of the seconds before it.</summary>
    public static TimeAxis UntilQuiet(TraceSummary summary, ReadOnlySpan<Span> spans)
    {
        var whole = Whole(summary);
        var edges = new ulong[spans.Length * 2];
        for (var index = 0; index < spans.Length; index++)
        {
            (edges[2 * index], edges[(2 * index) + 1]) = (spans[index].Start, spans[index].End);
        }

        Array.Sort(edges);
        for (var index = 0; index < edges.Length - 1; index++)
        {
            var quiet = edges[index + 1] - edges[index];
            if (quiet > whole.Length / 2)
            {
                var isLast = index + 1 >= edges.Length * 9 / 10;
                return isLast && whole.Length >= Worthwhile ? whole with { End = edges[index] + ((edges[index] - whole.Start) / 20) } : whole;
            }
        }

        return whole;
    }

    /// <summary>The place of a moment, in percent.</summary>
    public double Of(ulong time) => Length == 0 ? 0 : 100.0 * (Math.Clamp(time, Start, End) - Start) / Length;
}
