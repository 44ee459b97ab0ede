using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Aspire.Dashboard.Telemetry.Metrics;
using Attribute = Aspire.Dashboard.Telemetry.Attribute;
using Exemplar = Aspire.Dashboard.Telemetry.Metrics.Exemplar;

namespace Aspire.Dashboard.Otlp.Intake;

/// <summary>Metric points as they were sent become those that are kept.</summary>
internal static class MetricIntake
{
    // The flag NO_RECORDED_VALUE: the series has ended or paused.
    private const uint NoValue = 1;

    private static readonly string s_orNoRoom = $", or those of all resources take more than {Limits.Bytes / 2 / 1024 / 1024} MiB.";

    public static ExportMetricsServiceResponse Take(TelemetryStore store, ExportMetricsServiceRequest request)
    {
        var refused = new Refused();
        foreach (var sent in request.ResourceMetrics)
        {
            if (store.ResourceOf(Attribute.Of(sent.Resource?.Attributes ?? [], out _)) is not { } resource)
            {
                refused.Add(sent.ScopeMetrics.Sum(scope => scope.Metrics.Sum(metric => Points(metric).Count())), Refused.TooManyResources);
            }
            else if (!store.AreMetricsPaused)
            {
                lock (resource.Metrics.Budget.Writing)
                {
                    Take(resource.Metrics, sent, refused);
                }
            }
        }

        store.MetricChanges.Beat();
        return refused.Count == 0 ? new() : new() { PartialSuccess = new() { RejectedDataPoints = refused.Count, ErrorMessage = refused.Reason } };
    }

    private static void Take(InstrumentSet set, ResourceMetrics sent, Refused refused)
    {
        foreach (var scope in sent.ScopeMetrics)
        {
            var meter = ScopeIntake.Of(scope.Scope);
            foreach (var metric in scope.Metrics)
            {
                if (metric.DataCase is Metric.DataOneofCase.Summary or Metric.DataOneofCase.None)
                {
                    refused.Add(metric.Summary?.DataPoints.Count ?? 1, $"{Limits.Cut(metric.Name, 100)}: summaries are not kept; gauges, sums and histograms are.");
                }
                else if (set.Of(meter, Names.Of(metric.Name), Limits.Cut(metric.Description, Limits.NameLength), Names.Of(metric.Unit), KindOf(metric)) is { } instrument)
                {
                    Take(set, instrument, metric, refused);
                }
                else
                {
                    refused.Add(Points(metric).Count(), $"The resource has more than {Limits.InstrumentsOfAResource} instruments{s_orNoRoom}");
                }
            }
        }
    }

    private static void Take(InstrumentSet set, Instrument instrument, Metric metric, Refused refused)
    {
        var isDelta = (metric.Sum?.AggregationTemporality ?? metric.Histogram?.AggregationTemporality ?? metric.ExponentialHistogram?.AggregationTemporality) is AggregationTemporality.Delta;
        foreach (var (dimensions, point, problem) in Points(metric))
        {
            if (point is null || problem is not null)
            {
                refused.Add(point is null ? 0 : 1, $"{instrument.Name}: {problem}");
                continue;
            }

            if (instrument.SeriesOf(dimensions) is { } series)
            {
                set.Add(series, isDelta && series.Last is { } last ? Total(last, point) : point);
            }
            else
            {
                refused.Add(1, $"{instrument.Name} has more than {Limits.SeriesOfAnInstrument} combinations of dimensions{s_orNoRoom}");
            }
        }
    }

    private static InstrumentKind KindOf(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => InstrumentKind.Gauge,
        Metric.DataOneofCase.Sum when metric.Sum.IsMonotonic => InstrumentKind.Counter,
        Metric.DataOneofCase.Sum => InstrumentKind.UpDownCounter,
        _ => InstrumentKind.Histogram,
    };

    // No point: one that says that there is no value.
    private static IEnumerable<(Attribute[] Dimensions, MetricPoint? Point, string? Problem)> Points(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Select(Of),
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(Of),
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Select(Of),
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Select(Of),
        _ => [],
    };

    private static (Attribute[], MetricPoint?, string?) Of(NumberDataPoint point)
    {
        var isInteger = point.ValueCase is NumberDataPoint.ValueOneofCase.AsInt;
        var value = isInteger ? point.AsInt : point.AsDouble;
        return (Attribute.Of(point.Attributes, out _), (point.Flags & NoValue) != 0 ? null
            : new MetricPoint(point.StartTimeUnixNano, point.TimeUnixNano, value) { IsInteger = isInteger, Exemplars = Of(point.Exemplars) }, PointProblem.Of(point));
    }

    private static (Attribute[], MetricPoint?, string?) Of(HistogramDataPoint point)
    {
        var isWhole = point.BucketCounts.Count == point.ExplicitBounds.Count + 1 && point.BucketCounts.Count <= Limits.BucketsOfAPoint;
        var distribution = isWhole ? new Distribution([.. point.ExplicitBounds], [.. point.BucketCounts.Select(count => (double)count)]) : new Distribution([], [point.Count]);
        return (Attribute.Of(point.Attributes, out _), (point.Flags & NoValue) != 0 ? null : new MetricPoint(point.StartTimeUnixNano, point.TimeUnixNano, point.Sum)
        {
            Histogram = new HistogramValue(point.Count, distribution, point.HasMin ? point.Min : null, point.HasMax ? point.Max : null),
            Exemplars = Of(point.Exemplars),
        }, PointProblem.Of(point));
    }

    private static (Attribute[], MetricPoint?, string?) Of(ExponentialHistogramDataPoint point)
    {
        var isWhole = (point.Positive?.BucketCounts.Count ?? 0) + (point.Negative?.BucketCounts.Count ?? 0) <= Limits.BucketsOfAPoint;
        var distribution = isWhole
            ? Distribution.OfExponential(Math.Clamp(point.Scale, -10, 20), point.ZeroCount, point.Positive?.Offset ?? 0, point.Positive?.BucketCounts ?? [], point.Negative?.Offset ?? 0, point.Negative?.BucketCounts ?? [])
            : new Distribution([], [point.Count]);
        return (Attribute.Of(point.Attributes, out _), (point.Flags & NoValue) != 0 ? null : new MetricPoint(point.StartTimeUnixNano, point.TimeUnixNano, point.Sum)
        {
            Histogram = new HistogramValue(point.Count, distribution, point.HasMin ? point.Min : null, point.HasMax ? point.Max : null),
            Exemplars = Of(point.Exemplars),
        }, PointProblem.Of(point));
    }

    private static Exemplar[] Of(IEnumerable<Protocol.Exemplar> exemplars) =>
    [
        .. exemplars.Where(one => one.TraceId.Length == 16).TakeLast(Limits.ExemplarsOfAPoint).Select(one =>
        {
            TraceId.TryRead(one.TraceId.Span, out var trace);
            SpanId.TryRead(one.SpanId.Span, out var span);
            return new Exemplar(one.TimeUnixNano, Finite(one.ValueCase is Protocol.Exemplar.ValueOneofCase.AsInt ? one.AsInt : one.AsDouble), trace, span);
        }).Where(one => one.TraceId != default),
    ];

    // What was sent as the difference to the point before becomes a total.
    private static MetricPoint Total(MetricPoint last, MetricPoint point) => new(last.Start, point.From, last.Value + point.Value)
    {
        IsInteger = point.IsInteger,
        Exemplars = point.Exemplars,
        Histogram = last.Histogram is { } before && point.Histogram is { } now
            ? new HistogramValue(before.Count + now.Count, before.Distribution.Plus(now.Distribution), now.Min, now.Max)
            : point.Histogram,
    };

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
