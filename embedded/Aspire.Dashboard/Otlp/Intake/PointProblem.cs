using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf.Collections;

namespace Aspire.Dashboard.Otlp.Intake;

/// <summary>Why a metric point cannot be kept: one that is senseless would spoil the chart of all the others. null: it can.</summary>
internal static class PointProblem
{
    // Clocks differ. A point from the far future would be newer than all that follow.
    private const ulong Ahead = 3_600_000_000_000;

    // The powers of two that a double can be, with those that are not normalized.
    private const double LeastPower = -1075, MostPower = 1024;

    public static string? Of(NumberDataPoint point) =>
        OfTimes(point.StartTimeUnixNano, point.TimeUnixNano)
        ?? (point.ValueCase is NumberDataPoint.ValueOneofCase.AsInt || double.IsFinite(point.AsDouble) ? null : "a value is not a finite number.");

    public static string? Of(HistogramDataPoint point) =>
        OfTimes(point.StartTimeUnixNano, point.TimeUnixNano)
        ?? OfSummary(point.Sum, point.Min, point.Max)
        ?? (AreAscending(point.ExplicitBounds) ? null : "the bounds of a histogram are not finite numbers in ascending order.");

    public static string? Of(ExponentialHistogramDataPoint point) =>
        OfTimes(point.StartTimeUnixNano, point.TimeUnixNano)
        ?? OfSummary(point.Sum, point.Min, point.Max)
        ?? (IsOfDoubles(point.Scale, point.Positive) && IsOfDoubles(point.Scale, point.Negative) ? null : "the buckets of an exponential histogram lie beyond what a number can be.");

    private static string? OfTimes(ulong start, ulong time) => Math.Max(start, time) <= UnixTime.Now + Ahead ? null : "a time is more than an hour ahead.";

    private static string? OfSummary(double sum, double min, double max) => double.IsFinite(sum) && double.IsFinite(min) && double.IsFinite(max) ? null : "the sum, minimum or maximum of a histogram is not a finite number.";

    private static bool AreAscending(RepeatedField<double> bounds)
    {
        for (var index = 0; index < bounds.Count; index++)
        {
            if (!double.IsFinite(bounds[index]) || index > 0 && bounds[index] <= bounds[index - 1])
            {
                return false;
            }
        }

        return true;
    }

    // The bounds of bucket n are 2^(n * 2^-scale) and the next; an empty list of buckets lies nowhere.
    private static bool IsOfDoubles(int scale, ExponentialHistogramDataPoint.Types.Buckets? buckets)
    {
        var step = Math.Pow(2, -Math.Clamp(scale, -10, 20));
        return buckets is null or { BucketCounts.Count: 0 }
            || (buckets.Offset + 1.0) * step >= LeastPower && (buckets.Offset + (double)buckets.BucketCounts.Count - 1) * step <= MostPower;
    }
}
