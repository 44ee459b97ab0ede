using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Attribute = Aspire.Dashboard.Telemetry.Attribute;

namespace Aspire.Dashboard.Otlp.Intake;

/// <summary>Log records as they were sent become those that are kept.</summary>
internal static class LogIntake
{
    public static ExportLogsServiceResponse Take(TelemetryStore store, ExportLogsServiceRequest request)
    {
        var entries = new List<LogEntry>();
        var refused = new Refused();
        foreach (var sent in request.ResourceLogs)
        {
            if (store.ResourceOf(Attribute.Of(sent.Resource?.Attributes ?? [], out _)) is not { } resource)
            {
                refused.Add(sent.ScopeLogs.Sum(scope => scope.LogRecords.Count), Refused.TooManyResources);
                continue;
            }

            resource.HasLogs |= sent.ScopeLogs.Count > 0;
            foreach (var scope in sent.ScopeLogs)
            {
                var kept = ScopeIntake.Of(scope.Scope);
                entries.AddRange(scope.LogRecords.Select(record => Of(record, resource, kept)));
            }
        }

        store.Logs.Add(entries);
        return refused.Count == 0 ? new() : new() { PartialSuccess = new() { RejectedLogRecords = refused.Count, ErrorMessage = refused.Reason } };
    }

    private static LogEntry Of(LogRecord record, TelemetryResource resource, Scope scope)
    {
        TraceId.TryRead(record.TraceId.Span, out var traceId);
        SpanId.TryRead(record.SpanId.Span, out var spanId);
        return new LogEntry
        {
            Resource = resource,
            Scope = scope,
            Time = record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano != 0 ? record.ObservedTimeUnixNano : UnixTime.Now,
            Severity = Math.Clamp(record.SeverityNumber, 0, 24),
            SeverityText = Names.Of(record.SeverityText),
            Body = Attribute.ValueOf(record.Body),
            EventName = Names.Of(record.EventName),
            Attributes = Attribute.Of(record.Attributes, out var dropped),
            DroppedAttributes = dropped + (int)Math.Min(record.DroppedAttributesCount, 1_000_000),
            Flags = record.Flags,
            TraceId = traceId,
            SpanId = spanId,
        };
    }
}
