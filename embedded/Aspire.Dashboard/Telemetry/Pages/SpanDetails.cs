using System.Globalization;
using Aspire.Dashboard.Front;
using SpanKind = Aspire.Dashboard.Otlp.Protocol.Span.Types.SpanKind;
using StatusCode = Aspire.Dashboard.Otlp.Protocol.Span.Types.StatusCode;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Everything that a span says, its logs, and the spans it is linked with in either direction.</summary>
internal static class SpanDetails
{
    private const int MostLogs = 50;

    public static Html Of(TelemetryStore store, Trace trace, Span span)
    {
        var logs = store.Logs.NewestFirst().Where(entry => entry.TraceId == span.TraceId && entry.SpanId == span.Id).Take(MostLogs).Reverse().ToArray();
        return Html.Of($"""
            <div class="pane-head"><h2>{span.Name}</h2>{(span.IsError ? Html.Of($"""<span class="chip bad">Error</span>""") : Html.None)}<span class="end">
            <a class="button" href="/structuredlogs?traceId={span.TraceId.ToString()}&amp;spanId={span.Id.ToString()}">Logs</a>
            <button type="button" class="quiet square" data-close aria-label="Close">{Icons.Close}</button></span></div>
            {(span.StatusMessage.Length == 0 ? Html.None : Html.Of($"""<section><pre class="message{(span.IsError ? " error" : "")}">{span.StatusMessage}</pre></section>"""))}
            {Parts.Facts("Span",
            [
                ("Resource", Parts.Name(span.Resource), null),
                ("Kind", Html.Of($"{span.Kind.ToString()}"), null),
                ("Start", Html.Of($"{UnixTime.Full(span.Start)} (+{UnixTime.Between(trace.Summary.Start, span.Start)})"), null),
                ("Duration", Html.Of($"{UnixTime.Duration(span.End - span.Start)}"), null),
                .. Maybe(span.Status != StatusCode.Unset, "Status", Html.Of($"{span.Status.ToString()}")),
                .. Pair(trace, span),
                ("Source", Html.Of($"{span.Scope.Name} {span.Scope.Version}"), null),
                ("Span", Html.Of($"{span.Id.ToString()}"), null),
                .. Maybe(span.Parent != default, "Parent", Html.Of($"""<a href="?span={span.Parent.ToString()}">{span.Parent.ToString()}</a>""")),
                .. Maybe(span.TraceState.Length > 0, "Trace state", Html.Of($"{span.TraceState}")),
                .. Maybe(span.Dropped > 0, "Left out", Html.Of($"{span.Dropped} attributes, events or links")),
            ])}
            {Parts.Facts("Attributes", Parts.FactsOf(span.Attributes, attribute => $"{TracesPage.Place}?filter={Uri.EscapeDataString($"{attribute.Key}={attribute.Text}")}"))}
            {Events(span)}
            {Parts.Facts("Links", [.. span.Links.Select(link => ("To", Link(store, link.TraceId, link.SpanId, link.Attributes), (string?)null))])}
            {Parts.Facts("Linked from", [.. store.Traces.LinkedTo(span.TraceId, span.Id).Take(MostLogs).Select(other => ("From", Link(store, other.TraceId, other.Id, []), (string?)null))])}
            {Parts.Facts("Logs", [.. logs.Select(entry => (UnixTime.Clock(entry.Time), Html.Of($"""{Parts.Level(entry.Level)} <a href="/structuredlogs?traceId={span.TraceId.ToString()}&amp;log={entry.Number.ToString(CultureInfo.InvariantCulture)}">{Limits.Cut(entry.Message, 300)}</a>"""), (string?)null))])}
            {Parts.Facts("Resource", Parts.FactsOf(span.Resource.Attributes))}
            """);
    }

    /// <summary>The span by which another resource took this call or message in.</summary>
    public static Span? AnswerTo(Trace trace, Span span)
    {
        foreach (var other in trace.Spans)
        {
            if (other.Parent == span.Id && other.Kind is (SpanKind.Server or SpanKind.Consumer))
            {
                return other;
            }
        }

        return null;
    }

    // A call and its answer are two spans of two resources; what lies between them is the way there and back.
    private static IEnumerable<(string, Html, string?)> Pair(Trace trace, Span span)
    {
        if (span.Kind is SpanKind.Client or SpanKind.Producer && AnswerTo(trace, span) is { } answer)
        {
            var between = (span.End - span.Start) - Math.Min(answer.End - answer.Start, span.End - span.Start);
            yield return ("Answered by", Html.Of($"""<a href="?span={answer.Id.ToString()}">{Parts.Name(answer.Resource)} {answer.Name}</a>, {UnixTime.Duration(between)} on the way"""), null);
        }
        else if (span.Kind is SpanKind.Server or SpanKind.Consumer && trace.Find(span.Parent) is { } call)
        {
            yield return ("Called by", Html.Of($"""<a href="?span={call.Id.ToString()}">{Parts.Name(call.Resource)} {call.Name}</a>"""), null);
        }
    }

    private static Html Events(Span span) => span.Events.Length == 0 ? Html.None : Html.Of($"""
        <section><header><h2>Events</h2><span class="count">{span.Events.Length}</span></header></section>
        {span.Events.Select(one => Html.Of($"""
            {Parts.Facts($"{one.Name} +{UnixTime.Between(span.Start, one.Time)}", one.Name == "exception" ? [] : [("Time", Html.Of($"{UnixTime.Full(one.Time)}"), null), .. Parts.FactsOf(one.Attributes)])}
            {Parts.Exception(one.Attributes)}
            """))}
        """);

    private static Html Link(TelemetryStore store, TraceId traceId, SpanId spanId, Attribute[] attributes)
    {
        var target = store.Traces.Find(traceId)?.Find(spanId);
        return Html.Of($"""
            <a href="/traces/detail/{traceId.ToString()}?span={spanId.ToString()}">{(target is null ? Html.Of($"{traceId.ToString()[..7]}/{spanId.ToString()[..7]} (not kept)") : Html.Of($"{Parts.Name(target.Resource)} {target.Name}"))}</a>
            {attributes.Select(attribute => Html.Of($"""<div class="soft">{attribute.Key}: {attribute.Text}</div>"""))}
            """);
    }

    private static IEnumerable<(string, Html, string?)> Maybe(bool isThere, string name, Html value) => isThere ? [(name, value, null)] : [];
}
