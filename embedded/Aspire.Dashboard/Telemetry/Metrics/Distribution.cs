namespace Aspire.Dashboard.Telemetry.Metrics;

/// <summary>How many measurements lie between bounds; there is one count more than bounds, for what is above the last.</summary>
internal sealed record Distribution(double[] Bounds, double[] Counts)
{
    public double Total => Counts.Sum();

    public Distribution Plus(Distribution other)
    {
        if (ReferenceEquals(Bounds, other.Bounds) || Bounds.AsSpan().SequenceEqual(other.Bounds))
        {
            return new Distribution(Bounds, [.. Counts.Zip(other.Counts, (mine, its) => mine + its)]);
        }

        var bounds = Bounds.Union(other.Bounds).Order().ToArray();
        var counts = new double[bounds.Length + 1];
        foreach (var part in (Distribution[])[this, other])
        {
            for (var index = 0; index < part.Counts.Length; index++)
            {
                var place = index < part.Bounds.Length ? Array.BinarySearch(bounds, part.Bounds[index]) : bounds.Length;
                counts[place] += part.Counts[index];
            }
        }

        return new Distribution(bounds, counts);
    }

    /// <summary>What was added since <paramref name="earlier"/>; all of this if it is not a continuation (the counter began anew).</summary>
    public Distribution Since(Distribution earlier)
    {
        var difference = Plus(new Distribution(earlier.Bounds, [.. earlier.Counts.Select(count => -count)]));
        return difference.Counts.Any(count => count < 0) ? this : difference;
    }

    public Distribution Times(double share) => new(Bounds, [.. Counts.Select(count => count * share)]);

    /// <summary>The value below which the share <paramref name="rank"/> (0.95) of the measurements lies, taken as even within a bucket; null without measurements.</summary>
    public double? Percentile(double rank, double? max = null)
    {
        var total = Total;
        if (total <= 0)
        {
            return null;
        }

        var left = rank * total;
        for (var index = 0; index < Counts.Length; index++)
        {
            if (Counts[index] > 0 && left <= Counts[index])
            {
                var upper = index < Bounds.Length ? Bounds[index] : Math.Max(max ?? 0, Bounds.Length > 0 ? Bounds[^1] : 0);
                var lower = index > 0 ? Bounds[index - 1] : Math.Min(0, upper);
                // No one has measured more than the largest.
                upper = max is { } largest && largest >= lower ? Math.Min(upper, largest) : upper;
                return lower + ((upper - lower) * (left / Counts[index]));
            }

            left -= Counts[index];
        }

        return Bounds.Length > 0 ? Bounds[^1] : max;
    }

    /// <summary>
    /// The buckets of an exponential histogram (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram) on one scale, so that points of different scales compare.
    /// Four buckets for each doubling are as fine as a small chart can show.
    /// </summary>
    public static Distribution OfExponential(int scale, double zeroes, int positiveOffset, IReadOnlyList<ulong> positive, int negativeOffset, IReadOnlyList<ulong> negative)
    {
        var shift = Math.Clamp(scale - 2, 0, 30);
        var coarse = scale - shift;
        var byUpper = new SortedDictionary<double, double>();
        Take(positiveOffset, positive, index => (BoundOf(index), BoundOf(index + 1)));
        Take(negativeOffset, negative, index => (-BoundOf(index + 1), -BoundOf(index)));
        if (zeroes > 0)
        {
            Put(negative.Any(count => count > 0) ? -double.Epsilon : 0, 0, zeroes);
        }

        return new Distribution([.. byUpper.Keys], [.. byUpper.Values, 0]);

        void Take(int offset, IReadOnlyList<ulong> counts, Func<int, (double Lower, double Upper)> bounds)
        {
            for (var index = 0; index < counts.Count; index++)
            {
                if (counts[index] > 0)
                {
                    var (lower, upper) = bounds((offset + index) >> shift);
                    Put(lower, upper, counts[index]);
                }
            }
        }

        // The lower bound too: between it and the bucket before nothing was measured, and a percentile is not to lie there.
        void Put(double lower, double upper, double count)
        {
            byUpper.TryAdd(lower, 0);
            byUpper[upper] = byUpper.GetValueOrDefault(upper) + count;
        }

        // 2^(2^-scale) to the power of the index.
        double BoundOf(int index) => Math.Clamp(Math.Pow(2, index * Math.Pow(2, -coarse)), double.Epsilon, double.MaxValue);
    }
}
