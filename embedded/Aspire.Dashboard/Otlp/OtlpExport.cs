using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Aspire.Dashboard.Telemetry.Metrics;
using Attribute = Aspire.Dashboard.Telemetry.Attribute;
using Proto = Aspire.Dashboard.Otlp.Protocol;
using Span = Aspire.Dashboard.Telemetry.Span;

namespace Aspire.Dashboard.Otlp;

/// <summary>What is kept becomes messages of the protocol again, by resource and scope, for downloads and scripts.</summary>
internal static class OtlpExport
{
    public static ExportLogsServiceRequest Of(IEnumerable<LogEntry> entries) => new()
    {
        ResourceLogs =
        {
            entries.GroupBy(entry => entry.Resource).Select(resource => new ResourceLogs
            {
                Resource = Of(resource.Key),
                ScopeLogs = { resource.GroupBy(entry => entry.Scope).Select(scope => new ScopeLogs { Scope = Of(scope.Key), LogRecords = { scope.Select(Of) } }) },
            }),
        },
    };

    public static ExportTraceServiceRequest Of(IEnumerable<Span> spans) => new()
    {
        ResourceSpans =
        {
            spans.GroupBy(span => span.Resource).Select(resource => new ResourceSpans
            {
                Resource = Of(resource.Key),
                ScopeSpans = { resource.GroupBy(span => span.Scope).Select(scope => new ScopeSpans { Scope = Of(scope.Key), Spans = { scope.Select(Of) } }) },
            }),
        },
    };

    public static ExportMetricsServiceRequest Of(IEnumerable<TelemetryResource> resources) => new()
    {
        ResourceMetrics =
        {
            resources.Select(resource => new ResourceMetrics
            {
                Resource = Of(resource),
                ScopeMetrics = { resource.Metrics.All.GroupBy(instrument => instrument.Meter).Select(meter => new ScopeMetrics { Scope = Of(meter.Key), Metrics = { meter.Select(Of) } }) },
            }),
        },
    };

    private static Resource Of(TelemetryResource resource) => new() { Attributes = { resource.Attributes.Select(Of) } };

    private static InstrumentationScope Of(Scope scope) => new() { Name = scope.Name, Version = scope.Version };

    private static LogRecord Of(LogEntry entry)
    {
        var record = new LogRecord
        {
            TimeUnixNano = entry.Time,
            SeverityNumber = entry.Severity,
            SeverityText = entry.SeverityText,
            Body = Value(entry.Body),
            EventName = entry.EventName,
            Attributes = { entry.Attributes.Select(Of) },
            DroppedAttributesCount = (uint)entry.DroppedAttributes,
            Flags = entry.Flags,
        };
        if (entry.TraceId != default)
        {
            record.TraceId = entry.TraceId.ToBytes();
        }

        if (entry.SpanId != default)
        {
            record.SpanId = entry.SpanId.ToBytes();
        }

        return record;
    }

    private static Proto.Span Of(Span span)
    {
        var sent = new Proto.Span
        {
            TraceId = span.TraceId.ToBytes(),
            SpanId = span.Id.ToBytes(),
            TraceState = span.TraceState,
            Name = span.Name,
            Kind = span.Kind,
            StartTimeUnixNano = span.Start,
            EndTimeUnixNano = span.End,
            Attributes = { span.Attributes.Select(Of) },
            DroppedAttributesCount = (uint)span.Dropped,
            Events = { span.Events.Select(one => new Proto.Span.Types.Event { TimeUnixNano = one.Time, Name = one.Name, Attributes = { one.Attributes.Select(Of) } }) },
            Links = { span.Links.Select(link => new Proto.Span.Types.Link { TraceId = link.TraceId.ToBytes(), SpanId = link.SpanId.ToBytes(), Attributes = { link.Attributes.Select(Of) } }) },
            Status = new Proto.Span.Types.SpanStatus { Code = span.Status, Message = span.StatusMessage },
        };
        if (span.Parent != default)
        {
            sent.ParentSpanId = span.Parent.ToBytes();
        }

        return sent;
    }

    private static Metric Of(Instrument instrument)
    {
        var metric = new Metric { Name = instrument.Name, Description = instrument.Description, Unit = instrument.Unit };
        var points = instrument.Series.SelectMany(series => series.Points.Select(point => (series, point)));
        switch (instrument.Kind)
        {
            case InstrumentKind.Gauge:
                metric.Gauge = new Gauge { DataPoints = { points.Select(one => Number(one.series, one.point)) } };
                break;
            case InstrumentKind.Histogram:
                metric.Histogram = new Histogram { AggregationTemporality = AggregationTemporality.Cumulative, DataPoints = { points.Select(one => Histogram(one.series, one.point)) } };
                break;
            default:
                metric.Sum = new Sum { AggregationTemporality = AggregationTemporality.Cumulative, IsMonotonic = instrument.Kind is InstrumentKind.Counter, DataPoints = { points.Select(one => Number(one.series, one.point)) } };
                break;
        }

        return metric;
    }

    private static NumberDataPoint Number(Series series, MetricPoint point)
    {
        var sent = new NumberDataPoint { Attributes = { series.Dimensions.Select(Of) }, StartTimeUnixNano = point.Start, TimeUnixNano = point.From };
        if (point.IsInteger)
        {
            sent.AsInt = (long)point.Value;
        }
        else
        {
            sent.AsDouble = point.Value;
        }

        return sent;
    }

    private static HistogramDataPoint Histogram(Series series, MetricPoint point) => new()
    {
        Attributes = { series.Dimensions.Select(Of) },
        StartTimeUnixNano = point.Start,
        TimeUnixNano = point.From,
        Count = (ulong)(point.Histogram?.Count ?? 0),
        Sum = point.Value,
        BucketCounts = { point.Histogram?.Distribution.Counts.Select(count => (ulong)count) ?? [] },
        ExplicitBounds = { point.Histogram?.Distribution.Bounds ?? [] },
    };

    private static KeyValue Of(Attribute attribute) => new() { Key = attribute.Key, Value = Value(attribute.Value) };

    private static AnyValue Value(object? value) => value switch
    {
        string text => new AnyValue { StringValue = text },
        bool truth => new AnyValue { BoolValue = truth },
        long number => new AnyValue { IntValue = number },
        double number => new AnyValue { DoubleValue = number },
        AnyValue structured => structured,
        _ => new AnyValue(),
    };
}
