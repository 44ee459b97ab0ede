namespace Aspire.Dashboard.Telemetry.Metrics;

/// <summary>A line of a chart: one value for each step of time, or none.</summary>
internal sealed record ChartLine(string Name, double?[] Values)
{
    public double? Last => Values.LastOrDefault(value => value is not null);
}

/// <summary>The lines that show an instrument: rates of counters, percentiles of histograms, values of the rest.</summary>
internal static class Chart
{
    public const int Steps = 60;
    public const int MostLines = 8;

    private static readonly (string Name, double Rank)[] s_percentiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

    public static ChartLine[] Of(InstrumentKind kind, IReadOnlyCollection<Series> series, ulong from, ulong until) => kind switch
    {
        InstrumentKind.Histogram => Percentiles(series, from, until),
        InstrumentKind.Counter => Largest(series, one => Rate(one, from, until)),
        _ => Largest(series, one => Values(one, from, until)),
    };

    /// <summary>How often something was measured, for each second of each step.</summary>
    public static ChartLine Frequency(IReadOnlyCollection<Series> series, ulong from, ulong until)
    {
        var seconds = (until - from) / 1e9 / Steps;
        return new ChartLine("per second", [.. Distributions(series, from, until).Select(distribution => (double?)(distribution is null ? null : distribution.Total / seconds))]);
    }

    private static ChartLine[] Largest(IReadOnlyCollection<Series> series, Func<Series, double?[]> values)
    {
        var lines = series.Select(one => new ChartLine(Name(one), values(one))).Where(line => line.Last is not null).ToArray();
        ChartLine[] kept = [.. lines.OrderByDescending(line => line.Values.Max()).Take(MostLines - 1).OrderBy(line => line.Name, StringComparer.Ordinal)];
        return lines.Length <= 1 ? kept : [new ChartLine("total", Sum(lines)), .. kept];
    }

    private static string Name(Series series) => series.Dimensions.Length == 0 ? "value" : string.Join(", ", series.Dimensions.Select(one => $"{one.Key}={one.Text}"));

    private static double?[] Sum(ChartLine[] lines) =>
        [.. Enumerable.Range(0, Steps).Select(step => lines.Any(line => line.Values[step] is not null) ? lines.Sum(line => line.Values[step] ?? 0) : (double?)null)];

    // What was counted between two points is spread evenly over the time between them.
    private static double?[] Rate(Series series, ulong from, ulong until)
    {
        var values = new double?[Steps];
        foreach (var (earlier, later) in Pairs(series))
        {
            var added = earlier is null ? later.Value : later.Value - earlier.Value;
            Spread(earlier?.Until ?? later.Start, later.From, from, until, (step, share) => values[step] = (values[step] ?? 0) + (added * share));
            Spread(later.From, later.Until, from, until, (step, _) => values[step] ??= 0);
        }

        var seconds = (until - from) / 1e9 / Steps;
        return [.. values.Select(value => value / seconds)];
    }

    private static double?[] Values(Series series, ulong from, ulong until)
    {
        var values = new double?[Steps];
        MetricPoint? before = null;
        foreach (var point in series.Points)
        {
            // A value holds until the next one is told.
            Spread(before?.Until ?? point.From, point.From, from, until, (step, _) => values[step] ??= before?.Value);
            Spread(point.From, Math.Max(point.Until, point.From + 1), from, until, (step, _) => values[step] = point.Value);
            before = point;
        }

        return values;
    }

    private static ChartLine[] Percentiles(IReadOnlyCollection<Series> series, ulong from, ulong until)
    {
        var distributions = Distributions(series, from, until);
        var max = series.Select(one => one.Last?.Histogram?.Max).Max();
        return [.. s_percentiles.Select(percentile => new ChartLine(percentile.Name, [.. distributions.Select(distribution => distribution?.Percentile(percentile.Rank, max))]))];
    }

    private static Distribution?[] Distributions(IReadOnlyCollection<Series> series, ulong from, ulong until)
    {
        var steps = new Distribution?[Steps];
        foreach (var (earlier, later) in series.SelectMany(Pairs))
        {
            if (later.Histogram is { } now)
            {
                var added = earlier?.Histogram is { } before ? now.Distribution.Since(before.Distribution) : now.Distribution;
                Spread(earlier?.Until ?? later.Start, later.From, from, until, (step, share) => steps[step] = steps[step]?.Plus(added.Times(share)) ?? added.Times(share));
            }
        }

        return steps;
    }

    // Each point with the one that it continues: none for the first and for one that began to count anew.
    private static IEnumerable<(MetricPoint? Earlier, MetricPoint Later)> Pairs(Series series)
    {
        MetricPoint? earlier = null;
        foreach (var later in series.Points)
        {
            var isAnew = earlier is not null && (later.Value < earlier.Value && later.Histogram is null || later.Histogram?.Count < earlier.Histogram?.Count || later.Start >= earlier.Until && later.Start != earlier.Start);
            // The total of the very first says nothing of when, unless its counter began at a known time.
            if (earlier is not null || later.Start != 0)
            {
                yield return (isAnew ? null : earlier, later);
            }

            earlier = later;
        }
    }

    /// <summary>Which share of the time between two moments falls into each step.</summary>
    private static void Spread(ulong start, ulong end, ulong from, ulong until, Action<int, double> take)
    {
        var width = (until - from) / Steps;
        if (width == 0 || end < from || start > until || end < start)
        {
            return;
        }

        var length = Math.Max(1, end - start);
        var first = start <= from ? 0 : (start - from) / width;
        var last = Math.Min(Steps - 1, (Math.Min(end, until) - from) / width);
        for (var step = first; step <= last; step++)
        {
            var overlap = Math.Min(Math.Max(end, start + 1), from + ((step + 1) * width)) - Math.Max(start, from + (step * width));
            if (overlap > 0 && overlap <= length)
            {
                take((int)step, (double)overlap / length);
            }
        }
    }
}
