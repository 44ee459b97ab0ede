using SpanKind = Aspire.Dashboard.Otlp.Protocol.Span.Types.SpanKind;
using StatusCode = Aspire.Dashboard.Otlp.Protocol.Span.Types.StatusCode;

namespace Aspire.Dashboard.Telemetry;

/// <summary>A piece of work, as its resource told it when it was done. Times are nanoseconds since 1970.</summary>
internal sealed class Span
{
    public required TelemetryResource Resource { get; init; }

    public required Scope Scope { get; init; }

    public required TraceId TraceId { get; init; }

    public required SpanId Id { get; init; }

    /// <summary>default: none.</summary>
    public required SpanId Parent { get; init; }

    public required string Name { get; init; }

    public required string TraceState { get; init; }

    public required SpanKind Kind { get; init; }

    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    public required StatusCode Status { get; init; }

    public required string StatusMessage { get; init; }

    public required Attribute[] Attributes { get; init; }

    public required SpanEvent[] Events { get; init; }

    public required SpanLink[] Links { get; init; }

    /// <summary>How many attributes, events and links were left out, here or by the sender.</summary>
    public required int Dropped { get; init; }

    public bool IsError => Status == StatusCode.Error;

    /// <summary>About what it takes in memory.</summary>
    public int Bytes => 200 + (Name.Length * 2) + (StatusMessage.Length * 2) + Attributes.Bytes() + Events.Sum(one => 64 + one.Attributes.Bytes()) + Links.Sum(one => 64 + one.Attributes.Bytes());
}

/// <summary>Something that happened during a span, such as an exception.</summary>
internal sealed record SpanEvent(ulong Time, string Name, Attribute[] Attributes);

/// <summary>Another span that has to do with this one without being its parent.</summary>
internal sealed record SpanLink(TraceId TraceId, SpanId SpanId, Attribute[] Attributes);
