using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Http;
using SpanKind = Aspire.Dashboard.Otlp.Protocol.Span.Types.SpanKind;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>One trace: its spans as a tree, each with its bar on the common axis, what is chosen beside them.</summary>
internal static class TracePage
{
    private const int MostRows = 2_000;
    private const int Ticks = 4;
    private const int DeepestIndent = 24;

    public static IResult Show(HttpRequest request, IApplication application, TelemetryStore store, string id)
    {
        if (!TraceId.TryParse(id, out var traceId) || store.Traces.Find(traceId) is not { } trace)
        {
            return Layout.Page(application, TracesPage.Place, "Trace", Html.Of($"""
                <div class="head" data-signal="traces"><h1>Trace</h1></div>
                <p class="empty" data-part="empty">There is no trace {id}: it has not come yet, or is no longer kept. <a href="{TracesPage.Place}">All traces</a></p>
                """), "telemetry");
        }

        var summary = trace.Summary;
        var rows = Waterfall.Of(trace.Spans);
        var text = request.Query["q"].ToString().Trim();
        var chosen = trace.Find(SpanId.OrNone(request.Query["span"]));
        var logs = store.Logs.NewestFirst().Count(entry => entry.TraceId == traceId);
        var axis = new Axis(summary.Start, summary.End);

        return Layout.Page(application, TracesPage.Place, summary.First.Name, Html.Of($"""
            <div class="head" data-signal="traces">
            <h1><a href="{TracesPage.Place}">Traces</a> / {summary.First.Resource.DisplayName}: {summary.First.Name} <span class="soft mono">{id[..7]}</span></h1>
            <div class="toolbar">
            <form method="get" class="toolbar" data-auto><input type="search" name="q" value="{text}" placeholder="Find spans" aria-label="Find spans"></form>
            <button type="button" data-act="fold-all">Collapse all</button>
            <a class="button" href="/structuredlogs?traceId={id}">Logs ({logs})</a>
            <a class="button" href="/api/telemetry/export/traces?traceId={id}" download>Export</a>
            </div>
            </div>
            <div class="summary" data-part="summary">
            <span><b>{UnixTime.Full(summary.Start)}</b> start</span> <span><b>{UnixTime.Duration(axis.Length)}</b> duration{(summary.HasRoot ? "" : " so far")}</span>
            <span><b>{summary.Spans}</b> spans, <b>{rows.Max(row => row.Depth) + 1}</b> deep</span> {(summary.Errors > 0 ? Html.Of($"""<span class="chip bad">{summary.Errors} {(summary.Errors == 1 ? "error" : "errors")}</span>""") : Html.None)}
            {(summary.HasRoot ? Html.None : Html.Of($"""<span class="chip wait">The root span has not come yet: it is still running, or is not sent</span>"""))}
            {summary.Resources.Select(share => Html.Of($"""<span class="share {Parts.ColourOf(share.Resource)}{(share.Errors > 0 ? " failed" : "")}">{Parts.Name(share.Resource)} ({share.Spans})</span>"""))}
            </div>
            <div class="split">
            <div class="sheet"><table class="grid waterfall" role="treegrid" aria-label="Spans">
            <thead><tr><th scope="col">Name</th><th scope="col" class="axis" data-part="axis"><svg aria-hidden="true">{Enumerable.Range(0, Ticks + 1).Select(tick => Tick(axis, tick))}</svg><span class="unseen">Duration</span></th></tr></thead>
            <tbody data-part="rows">{rows.Take(MostRows).Select(row => Row(trace, row, axis, row.Span is not null && row.Span == chosen, text))}</tbody>
            </table>
            {(rows.Count <= MostRows ? Html.None : Html.Of($"""<p class="empty">The first {MostRows} of {rows.Count} spans are shown. The export has all of them.</p>"""))}
            </div>
            <aside id="pane" class="pane" aria-label="Span"{(chosen is null ? new Html(" hidden") : Html.None)}>{(chosen is null ? Html.None : SpanDetails.Of(store, trace, chosen))}</aside>
            </div>
            """), "telemetry");
    }

    public static IResult Details(TelemetryStore store, string id, string span) =>
        TraceId.TryParse(id, out var traceId) && SpanId.TryParse(span, out var spanId) && store.Traces.Find(traceId) is { } trace && trace.Find(spanId) is { } found
            ? Results.Text(SpanDetails.Of(store, trace, found).Text, "text/html; charset=utf-8")
            : Results.Text(Html.Of($"""<p class="empty">This span is no longer kept.</p>""").Text, "text/html; charset=utf-8", statusCode: StatusCodes.Status404NotFound);

    private static Html Tick(Axis axis, int tick)
    {
        var anchor = tick == 0 ? "start" : tick == Ticks ? "end" : "middle";
        return Html.Of($"""<text x="{Percent(100.0 * tick / Ticks)}" y="13" text-anchor="{anchor}">{UnixTime.Duration(axis.Length / Ticks * (ulong)tick)}</text>""");
    }

    private static Html Row(Trace trace, WaterfallRow row, Axis axis, bool isChosen, string text)
    {
        var hides = text.Length > 0 && (row.Span is null || !TraceFilter.Has(row.Span, text));
        var toggle = row.Children == 0 ? Html.Of($"""<span class="toggle"></span>""") : Html.Of($"""<button type="button" class="toggle" data-act="fold" tabindex="-1" aria-label="Fold">▾</button>""");
        var attributes = Html.Of($"""
            id="span-{row.Id.ToString()}" class="{(hides ? "dim" : "")}" data-depth="{row.Depth}" aria-level="{row.Depth + 1}" tabindex="0"{(row.Children == 0 ? Html.None : new Html(" aria-expanded=\"true\""))}
            """);
        var indent = $"indent i{Math.Min(row.Depth, DeepestIndent)}";
        if (row.Span is not { } span)
        {
            return Html.Of($"""
                <tr {attributes}><td class="{indent}">{toggle}<span class="soft">Parent {row.Id.ToString()[..7]} has not come yet</span></td>
                <td class="axis"><svg role="img" aria-label="Still running, or not sent"><rect class="missing" x="{Percent(axis.Of(row.Start))}" width="{Percent(axis.Of(row.End) - axis.Of(row.Start))}" y="6" height="10" rx="3"/></svg></td></tr>
                """);
        }

        return Html.Of($"""
            <tr {attributes} data-pane="/traces/detail/{trace.Id.ToString()}/span/{span.Id.ToString()}" data-name="span" data-value="{span.Id.ToString()}" aria-selected="{(isChosen ? "true" : "false")}">
            <td class="{indent}">{toggle}{Parts.Swatch(Parts.ColourOf(span.Resource))}<b>{span.Resource.DisplayName}</b> <span class="kind">{Kind(span.Kind)}</span> {span.Name}{Peer(trace, span)}{(span.IsError ? Html.Of($""" <span class="error" title="{span.StatusMessage}">⚠ error</span>""") : Html.None)}</td>
            <td class="axis">{Bar(span, axis)}</td></tr>
            """);
    }

    private static Html Bar(Span span, Axis axis)
    {
        var (start, end) = (axis.Of(span.Start), axis.Of(span.End));
        // Beside the bar, on the side that has room.
        var (x, shift, anchor, place) = end <= 82 ? (end, "6", "start", "") : start >= 18 ? (start, "-6", "end", "") : (start, "6", "start", "inside");
        return Html.Of($"""
            <svg role="img" aria-label="{UnixTime.Duration(span.End - span.Start)}, {UnixTime.Between(axis.Start, span.Start)} after the start">
            <rect class="{Parts.ColourOf(span.Resource)}{(span.IsError ? " failed" : "")}" x="{Percent(start)}" width="{Percent(end - start)}" y="4" height="14" rx="3"/>
            {span.Events.Take(50).Select(one => Html.Of($"""<circle class="{(one.Name == "exception" ? "failed" : "")}" cx="{Percent(axis.Of(one.Time))}" cy="11" r="3"><title>{one.Name}</title></circle>"""))}
            <text class="{place}" x="{Percent(x)}" dx="{shift}" y="15" text-anchor="{anchor}">{UnixTime.Duration(span.End - span.Start)}</text></svg>
            """);
    }

    // Who answered a call: a span of another resource below it, or else only an address.
    private static Html Peer(Trace trace, Span span)
    {
        if (span.Kind is not (SpanKind.Client or SpanKind.Producer))
        {
            return Html.None;
        }

        var answer = SpanDetails.AnswerTo(trace, span);
        return answer is not null ? Html.Of($""" <span class="peer">→ {Parts.Name(answer.Resource)}</span>""")
            : (span.Attributes.Find("peer.service") ?? span.Attributes.Find("server.address")) is { } peer ? Html.Of($""" <span class="peer">→ {peer}{(span.Attributes.Find("server.port") is { } port ? ":" + port : "")}</span>""")
            : Html.None;
    }

    private static string Kind(SpanKind kind) => kind is SpanKind.Unspecified or SpanKind.Internal ? "" : kind.ToString().ToLowerInvariant();

    private static string Percent(double share) => share.ToString("0.###", CultureInfo.InvariantCulture) + "%";

    /// <summary>From the first start to the last end.</summary>
    private readonly record struct Axis(ulong Start, ulong End)
    {
        public ulong Length => End - Start;

        public double Of(ulong time) => Length == 0 ? 0 : 100.0 * (Math.Clamp(time, Start, End) - Start) / Length;
    }
}
