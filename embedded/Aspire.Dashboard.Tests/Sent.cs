using Aspire.Dashboard.Otlp.Protocol;
using Google.Protobuf;

namespace Aspire.Dashboard.Tests;

/// <summary>Telemetry made by hand.</summary>
internal static class Sent
{
    /// <summary>A round moment in 2026; small numbers of milliseconds are counted from here.</summary>
    public const ulong Epoch = 1_775_000_000_000_000_000;

    public static Resource Resource(string name, string instance = "one") => new() { Attributes = { Text("service.name", name), Text("service.instance.id", instance) } };

    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static ByteString TraceId(int number) => ByteString.CopyFrom([.. new byte[12], .. BitConverter.GetBytes(number).Reverse()]);

    public static ByteString SpanId(int number) => ByteString.CopyFrom([.. new byte[4], .. BitConverter.GetBytes(number).Reverse()]);

    public static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    public static ExportLogsServiceRequest Logs(string resource, params IEnumerable<LogRecord> records) =>
        new() { ResourceLogs = { new ResourceLogs { Resource = Resource(resource), ScopeLogs = { new ScopeLogs { Scope = new InstrumentationScope { Name = "Tests.Category" }, LogRecords = { records } } } } } };

    public static LogRecord Log(string message, int severity = 9, params IEnumerable<KeyValue> attributes) =>
        new() { TimeUnixNano = Epoch, SeverityNumber = severity, Body = new AnyValue { StringValue = message }, Attributes = { attributes } };

    public static ExportTraceServiceRequest Spans(string resource, params IEnumerable<Span> spans) =>
        new() { ResourceSpans = { new ResourceSpans { Resource = Resource(resource), ScopeSpans = { new ScopeSpans { Scope = new InstrumentationScope { Name = "Tests.Source" }, Spans = { spans } } } } } };

    /// <summary>A span of the trace <paramref name="trace"/>; <paramref name="parent"/> 0: a root. Times are milliseconds.</summary>
    public static Span Span(int trace, int id, int parent, string name, ulong start = 0, ulong duration = 10, Span.Types.SpanKind kind = Otlp.Protocol.Span.Types.SpanKind.Internal) => new()
    {
        TraceId = TraceId(trace),
        SpanId = SpanId(id),
        ParentSpanId = parent == 0 ? ByteString.Empty : SpanId(parent),
        Name = name,
        Kind = kind,
        StartTimeUnixNano = Epoch + (start * 1_000_000),
        EndTimeUnixNano = Epoch + ((start + duration) * 1_000_000),
    };

    public static Span.Types.SpanStatus Failed(string message) => new() { Code = Otlp.Protocol.Span.Types.StatusCode.Error, Message = message };

    public static ExportMetricsServiceRequest Metrics(string resource, params IEnumerable<Metric> metrics) =>
        new() { ResourceMetrics = { new ResourceMetrics { Resource = Resource(resource), ScopeMetrics = { new ScopeMetrics { Scope = new InstrumentationScope { Name = "Tests.Meter" }, Metrics = { metrics } } } } } };
}
