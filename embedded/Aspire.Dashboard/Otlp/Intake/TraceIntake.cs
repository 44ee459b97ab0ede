using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Attribute = Aspire.Dashboard.Telemetry.Attribute;
using Proto = Aspire.Dashboard.Otlp.Protocol;
using Span = Aspire.Dashboard.Telemetry.Span;

namespace Aspire.Dashboard.Otlp.Intake;

/// <summary>Spans as they were sent become those that are kept.</summary>
internal static class TraceIntake
{
    public static ExportTraceServiceResponse Take(TelemetryStore store, ExportTraceServiceRequest request)
    {
        var spans = new List<Span>();
        var refused = new Refused();
        foreach (var sent in request.ResourceSpans)
        {
            if (store.ResourceOf(Attribute.Of(sent.Resource?.Attributes ?? [], out _)) is not { } resource)
            {
                refused.Add(sent.ScopeSpans.Sum(scope => scope.Spans.Count), Refused.TooManyResources);
                continue;
            }

            resource.HasTraces |= sent.ScopeSpans.Count > 0;
            foreach (var scope in sent.ScopeSpans)
            {
                var kept = ScopeIntake.Of(scope.Scope);
                foreach (var span in scope.Spans)
                {
                    if (Of(span, resource, kept) is { } known)
                    {
                        spans.Add(known);
                    }
                    else
                    {
                        refused.Add(1, "A span needs a trace id of 16 bytes and a span id of 8 bytes, neither of zeros.");
                    }
                }
            }
        }

        refused.Add(store.Traces.Add(spans), $"A trace has no place for more than {Limits.SpansOfATrace} spans or {Limits.Bytes / 2 / 1024 / 1024} MiB.");
        return refused.Count == 0 ? new() : new() { PartialSuccess = new() { RejectedSpans = refused.Count, ErrorMessage = refused.Reason } };
    }

    private static Span? Of(Proto.Span span, TelemetryResource resource, Scope scope)
    {
        if (!TraceId.TryRead(span.TraceId.Span, out var traceId) || !SpanId.TryRead(span.SpanId.Span, out var spanId))
        {
            return null;
        }

        SpanId.TryRead(span.ParentSpanId.Span, out var parent);
        return new Span
        {
            Resource = resource,
            Scope = scope,
            TraceId = traceId,
            Id = spanId,
            Parent = parent,
            Name = Names.Of(span.Name),
            TraceState = Limits.Cut(span.TraceState, Limits.NameLength),
            Kind = span.Kind,
            Start = span.StartTimeUnixNano,
            End = Math.Max(span.StartTimeUnixNano, span.EndTimeUnixNano),
            Status = span.Status?.Code ?? default,
            StatusMessage = Limits.Cut(span.Status?.Message ?? ""),
            Attributes = Attribute.Of(span.Attributes, out var dropped),
            Events = [.. span.Events.Take(Limits.EventsOfASpan).Select(one => new SpanEvent(one.TimeUnixNano, Names.Of(one.Name), Attribute.Of(one.Attributes, out _))).OrderBy(one => one.Time)],
            Links = [.. span.Links.Take(Limits.LinksOfASpan).Select(Of).OfType<SpanLink>()],
            Dropped = dropped + (int)Math.Min(span.DroppedAttributesCount + (ulong)span.DroppedEventsCount + span.DroppedLinksCount, 1_000_000)
                + Math.Max(0, span.Events.Count - Limits.EventsOfASpan) + Math.Max(0, span.Links.Count - Limits.LinksOfASpan),
        };
    }

    private static SpanLink? Of(Proto.Span.Types.Link link) =>
        TraceId.TryRead(link.TraceId.Span, out var traceId) && SpanId.TryRead(link.SpanId.Span, out var spanId) ? new SpanLink(traceId, spanId, Attribute.Of(link.Attributes, out _)) : null;
}
