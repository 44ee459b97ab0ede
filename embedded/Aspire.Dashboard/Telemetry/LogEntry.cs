using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard.Telemetry;

/// <summary>A structured log record.</summary>
internal sealed class LogEntry
{
    /// <summary>Its place in the order of arrival; its name in addresses.</summary>
    public long Number { get; set; }

    public required TelemetryResource Resource { get; init; }

    public required Scope Scope { get; init; }

    /// <summary>Nanoseconds since 1970: when it happened, or when it was seen.</summary>
    public required ulong Time { get; init; }

    /// <summary>The protocol's severity, 1 to 24; 0: not said.</summary>
    public required int Severity { get; init; }

    public required string SeverityText { get; init; }

    public required object? Body { get; init; }

    public required string EventName { get; init; }

    public required Attribute[] Attributes { get; init; }

    public required int DroppedAttributes { get; init; }

    public required uint Flags { get; init; }

    public TraceId TraceId { get; init; }

    public SpanId SpanId { get; init; }

    public string Message => Attribute.TextOf(Body) is { Length: > 0 } text ? text : EventName;

    public LogLevel Level => Severity is 0 ? LogLevel.None : (LogLevel)((Severity - 1) / 4);

    public bool HasException => Attributes.Find("exception.type") is not null || Attributes.Find("exception.stacktrace") is not null;

    /// <summary>About what it takes in memory.</summary>
    public int Bytes => 160 + new Attribute("", Body).Bytes + Attributes.Bytes();
}
