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
        var tree = Waterfall.Of(trace.Spans);
        var rows = Repetition.Gather(tree);
        var peers = new Peers(application, store.Colours);
        var text = request.Query["q"].ToString().Trim();
        var chosen = trace.Find(SpanId.OrNone(request.Query["span"]));
        var logs = store.Logs.NewestFirst().Count(entry => entry.TraceId == traceId);
        var whole = TimeAxis.Whole(summary);
        var axis = request.Query["time"] == "all" ? whole : TimeAxis.UntilQuiet(summary, trace.Spans);
        var address = Address.Of(request);

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
            <span><b>{UnixTime.Full(summary.Start)}</b> start</span> <span><b>{UnixTime.Duration(whole.Length)}</b> duration{(summary.HasRoot ? "" : " so far")}</span>
            <span><b>{summary.Spans}</b> spans, <b>{tree.Max(row => row.Depth) + 1}</b> deep</span> {(summary.Errors > 0 ? Html.Of($"""<span class="chip bad">{summary.Errors} {(summary.Errors == 1 ? "error" : "errors")}</span>""") : Html.None)}
            {(whole == TimeAxis.UntilQuiet(summary, trace.Spans) ? Html.None : axis == whole
                ? Html.Of($"""<a href="{address.Without("time").ToString()}">Only where something happens</a>""")
                : Html.Of($"""<span>the first {UnixTime.Duration(axis.Length)} are drawn; <a href="{address.With("time", "all").ToString()}">all {UnixTime.Duration(whole.Length)}</a></span>"""))}
            {(summary.HasRoot ? Html.None : Html.Of($"""<span class="chip wait">The root span has not come yet: it is still running, or is not sent</span>"""))}
            {summary.Resources.Select(share => Html.Of($"""<span class="share {share.Resource.Colour}{(share.Errors > 0 ? " failed" : "")}">{Parts.Name(share.Resource)} ({share.Spans})</span>"""))}
            {tree.Take(MostRows).Where(row => row.Span is { } span && peers.Of(span)?.Colour is not null && SpanDetails.AnswerTo(trace, span) is null).Select(row => peers.Of(row.Span!)).Where(peer => !Array.Exists(summary.Resources, share => share.Resource.Name == peer!.Name)).Distinct().Select(peer => Html.Of($"""<span class="share {peer!.Colour}" title="Called, and sends no spans of its own">→ {peer.Name}</span>"""))}
            </div>
            <div class="split">
            <div class="sheet"><table class="grid waterfall" role="treegrid" aria-label="Spans">
            <thead><tr><th scope="col">Name</th><th scope="col" class="axis" data-part="axis"><svg aria-hidden="true">{Enumerable.Range(0, Ticks + 1).Select(tick => Tick(axis, tick))}</svg><span class="unseen">Duration</span></th></tr></thead>
            <tbody data-part="rows">{Rows(peers, trace, rows, axis, chosen, text)}</tbody>
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

    private static Html Tick(TimeAxis axis, int tick)
    {
        var anchor = tick == 0 ? "start" : tick == Ticks ? "end" : "middle";
        return Html.Of($"""<text x="{Percent(100.0 * tick / Ticks)}" y="13" text-anchor="{anchor}">{UnixTime.Duration(axis.Length / Ticks * (ulong)tick)}</text>""");
    }

    private static IEnumerable<Html> Rows(Peers peers, Trace trace, List<WaterfallRow> rows, TimeAxis axis, Span? chosen, string text)
    {
        int[] errors = [0, .. Sums(row => row.Span is { IsError: true } && row.Alike.Count == 0)], wanted = [0, .. Sums(row => row.Span is { } span && row.Alike.Count == 0 && (span == chosen || (text.Length > 0 && TraceFilter.Has(span, text))))];
        return rows.Take(MostRows).Select((row, index) => Row(peers, trace, row, axis, chosen, text, Below(wanted, index) > 0, Below(errors, index)));

        int Below(int[] sums, int index) => sums[index + 1 + rows[index].Children] - sums[index + 1];

        IEnumerable<int> Sums(Func<WaterfallRow, bool> counts)
        {
            var sum = 0;
            return rows.Select(row => sum += counts(row) ? 1 : 0);
        }
    }

    private static Html Row(Peers peers, Trace trace, WaterfallRow row, TimeAxis axis, Span? chosen, string text, bool isWantedBelow, int errorsBelow)
    {
        var isHead = row.Alike.Count > 0;
        var fits = text.Length > 0 && (isHead ? row.Alike.Any(span => TraceFilter.Has(span, text)) : row.Span is not null && TraceFilter.Has(row.Span, text));
        var toggle = row.Children == 0 ? Html.Of($"""<span class="toggle"></span>""") : Html.Of($"""<button type="button" class="toggle" data-act="fold" tabindex="-1" aria-label="Fold">▾</button>""");
        var isOpen = !row.IsFolded || isWantedBelow;
        var attributes = Html.Of($"""
            id="{(isHead ? "alike" : "span")}-{row.Id.ToString()}" class="{(text.Length > 0 && !fits ? "dim" : "")}{(isHead ? " alike" : "")}" data-depth="{row.Depth}" aria-level="{row.Depth + 1}" tabindex="0"{(row.Children == 0 ? Html.None : Html.Of($""" aria-expanded="{(isOpen ? "true" : "false")}" """))}
            """);
        var indent = $"indent i{Math.Min(row.Depth, DeepestIndent)}";
        if (row.Span is not { } span)
        {
            return Html.Of($"""
                <tr {attributes}><td class="{indent}">{toggle}<span class="soft">Parent {row.Id.ToString()[..7]} has not come yet</span></td>
                <td class="axis"><svg role="img" aria-label="Still running, or not sent"><rect class="missing" x="{Percent(axis.Of(row.Start))}" width="{Percent(axis.Of(row.End) - axis.Of(row.Start))}" y="6" height="10" rx="3"/></svg></td></tr>
                """);
        }

        return isHead
            ? Html.Of($"""
            <tr {attributes}>
            <td class="{indent}">{toggle}{Parts.Swatch(span.Resource.Colour)}<b>{span.Resource.DisplayName}</b> {span.Name} <span class="times">{row.Alike.Count} alike</span></td>
            <td class="axis">{Bars(row, axis)}</td></tr>
            """)
            : Html.Of($"""
            <tr {attributes} data-pane="/traces/detail/{trace.Id.ToString()}/span/{span.Id.ToString()}" data-name="span" data-value="{span.Id.ToString()}" aria-selected="{(span == chosen ? "true" : "false")}">
            <td class="{indent}">{toggle}{Parts.Swatch(span.Resource.Colour)}<b>{span.Resource.DisplayName}</b> <span class="kind">{Kind(span.Kind)}</span> {span.Name}{Peer(peers, trace, span)}{(span.IsError ? Html.Of($""" <span class="error" title="{span.StatusMessage}">⚠ error</span>""") : Html.None)}{(errorsBelow > 0 && !span.IsError ? Html.Of($""" <span class="error below" title="{errorsBelow} below">⚠</span>""") : Html.None)}{Parts.Path(span)}</td>
            <td class="axis">{Bar(span, peers.ColourOf(trace, span), axis)}</td></tr>
            """);
    }

    private static Html Bar(Span span, string colour, TimeAxis axis)
    {
        var failed = span.IsError ? " failed" : "";
        return Drawn(span.Start, span.End, UnixTime.Duration(span.End - span.Start), axis, Html.Of($"""
            <rect class="{colour}{failed}" x="{Percent(axis.Of(span.Start))}" width="{Percent(axis.Of(span.End) - axis.Of(span.Start))}" y="4" height="14" rx="3"/>
            {span.Events.Take(50).Select(one => Html.Of($"""<circle class="{(one.Name == "exception" ? "failed" : "")}" cx="{Percent(axis.Of(one.Time))}" cy="11" r="3"><title>{one.Name}</title></circle>"""))}
            """));
    }

    private static Html Bars(WaterfallRow row, TimeAxis axis) => Drawn(row.Start, row.End, $"{row.Alike.Count} in {UnixTime.Between(row.Start, row.End)}", axis, Html.Of($"""
        {row.Alike.Take(500).Select(span => Html.Of($"""<rect class="{span.Resource.Colour}" x="{Percent(axis.Of(span.Start))}" width="{Percent(axis.Of(span.End) - axis.Of(span.Start))}" y="6" height="10"/>"""))}
        """));

    private static Html Drawn(ulong from, ulong until, string duration, TimeAxis axis, Html bars)
    {
        var (start, end) = (axis.Of(from), axis.Of(until));
        var label = until > axis.End ? duration + (from > axis.End ? $", {UnixTime.Between(axis.Start, from)} later" : " →") : duration;
        // Beside the bar, on the side that has room.
        var (x, shift, anchor, place) = end <= 82 ? (end, "6", "start", "") : start >= 18 ? (start, "-6", "end", "") : (start, "6", "start", "inside");
        return Html.Of($"""
            <svg role="img" aria-label="{duration}, {UnixTime.Between(axis.Start, from)} after the start"><title>{duration}, {UnixTime.Between(axis.Start, from)} after the start</title>
            {bars}
            <text class="{place}" x="{Percent(x)}" dx="{shift}" y="15" text-anchor="{anchor}">{label}</text></svg>
            """);
    }

    // Who answered a call: a span of another resource below it, or else only an address.
    private static Html Peer(Peers peers, Trace trace, Span span) =>
        span.Kind is (SpanKind.Client or SpanKind.Producer) && SpanDetails.AnswerTo(trace, span) is { } answer ? Html.Of($""" <span class="peer">→ {Parts.Name(answer.Resource)}</span>""")
        : peers.Of(span) is { } peer ? Html.Of($""" <span class="peer">→ <span class="sender">{(peer.Colour is null ? Html.None : Parts.Swatch(peer.Colour))}{peer.Name}</span></span>""")
        : Html.None;

    private static string Kind(SpanKind kind) => kind is SpanKind.Unspecified or SpanKind.Internal ? "" : kind.ToString().ToLowerInvariant();

    private static string Percent(double share) => share.ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
