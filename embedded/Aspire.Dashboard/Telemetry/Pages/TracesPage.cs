using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>The list of traces, newest first, a window of them at a time.</summary>
internal static class TracesPage
{
    public const string Place = "/traces";
    private const int Window = 100;

    private static readonly (string, string)[] s_durations = [("10", "10 ms and longer"), ("100", "100 ms and longer"), ("1000", "1 s and longer"), ("10000", "10 s and longer")];

    public static IResult Show(HttpRequest request, IApplication application, TelemetryStore store)
    {
        var filter = FilterOf(request);
        var address = Address.Of(request);
        var before = ulong.TryParse(request.Query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : ulong.MaxValue;
        var fitting = store.Traces.All.Where(filter.Fits).Select(trace => (trace.Id, trace.Summary)).OrderByDescending(trace => trace.Summary.Start).ToArray();
        var newer = fitting.Count(trace => trace.Summary.Start >= before);
        var shown = fitting.AsSpan(newer, Math.Min(Window, fitting.Length - newer)).ToArray();
        var longest = shown.Select(trace => trace.Summary.End - trace.Summary.Start).DefaultIfEmpty().Max();

        return Layout.Page(application, Place, "Traces", Html.Of($"""
            <div class="head" data-signal="traces">
            <h1>Traces</h1>
            <div class="toolbar">
            <form method="get" action="{Place}" class="toolbar" data-auto>
            {Parts.SelectResource(store, resource => resource.HasTraces, filter.Resource)}
            {Parts.Select("errors", "With or without errors", "With or without errors", [("true", "With errors"), ("false", "Without errors")], request.Query["errors"])}
            {Parts.Select("duration", "Duration", "Any duration", s_durations, request.Query["duration"])}
            <input type="search" name="q" value="{filter.Text}" placeholder="Search spans" aria-label="Search spans">
            {Parts.AttributeFilters(address.Without("before"), filter.Attributes)}
            <button class="unseen">Apply</button>
            </form>
            {Parts.Actions(Place, store.Traces.IsPaused, store.Resources.Where(resource => resource.HasTraces), "/api/telemetry/export/traces", filter.Resource)}
            </div>
            </div>
            <div class="sheet"><table class="grid traces">
            <thead><tr><th scope="col">Time</th><th scope="col">Name</th><th scope="col">Spans</th><th scope="col">Duration</th></tr></thead>
            <tbody data-part="rows">{shown.Select(trace => Row(trace.Id, trace.Summary, longest))}</tbody>
            </table>
            <div data-part="empty">{(shown.Length == 0 ? Parts.Empty("traces", store.Traces.Received > 0, filter.Resource, store.Resources.Where(resource => resource.HasTraces)) : Html.None)}</div>
            </div>
            <div class="foot pages" data-part="foot">
            <span>{Parts.Number(fitting.Length)} fit{(shown.Length == 0 ? "" : $", {Parts.Number(newer + 1)} to {Parts.Number(newer + shown.Length)} shown")}; {Parts.Number(store.Traces.Received)} spans received{(store.Traces.IsPaused ? ", paused" : "")}</span>
            {(newer == 0 ? Html.None : Html.Of($"""<a href="{address.Without("before").ToString()}">Newest</a>"""))}
            {(fitting.Length <= newer + shown.Length ? Html.None : Html.Of($"""<a rel="next" href="{address.With("before", shown[^1].Summary.Start.ToString(CultureInfo.InvariantCulture)).ToString()}">Older</a>"""))}
            </div>
            """), "telemetry");
    }

    private static TraceFilter FilterOf(HttpRequest request) => new()
    {
        Resource = request.Query["resource"] is [{ Length: > 0 } resource, ..] ? resource : null,
        Text = request.Query["q"].ToString().Trim(),
        HasError = bool.TryParse(request.Query["errors"], out var errors) ? errors : null,
        Duration = uint.TryParse(request.Query["duration"], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds * 1_000_000ul : 0,
        Attributes = Parts.AttributeFiltersOf(request),
    };

    private static Html Row(TraceId id, TraceSummary summary, ulong longest) => Html.Of($"""
        <tr id="trace-{id.ToString()}" data-open="/traces/detail/{id.ToString()}" tabindex="0">
        <td class="tight">{Parts.Time(summary.Start)}</td>
        <td class="clip"><a href="/traces/detail/{id.ToString()}">{(summary.HasRoot ? "" : "… ")}{summary.First.Resource.DisplayName}: {summary.First.Name}</a>{Parts.Path(summary.First)} <span class="soft mono">{id.ToString()[..7]}</span>{(summary.HasRoot ? Html.None : Html.Of($""" <span class="chip wait" title="The root span has not come yet: it is still running, or is not sent">no root yet</span>"""))}{(summary.Errors == 0 ? Html.None : Html.Of($""" <span class="chip bad">{summary.Errors} {(summary.Errors == 1 ? "error" : "errors")}</span>"""))}</td>
        <td>{summary.Resources.Select(share => Html.Of($"""<span class="share {share.Resource.Colour}{(share.Errors > 0 ? " failed" : "")}" title="{share.Spans} spans, {share.Errors} with errors">{Parts.Name(share.Resource)} ({share.Spans})</span>"""))}</td>
        <td class="tight span-time"><svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="{Share(summary.End - summary.Start, longest)}" height="6" rx="2"/></svg>{UnixTime.Duration(summary.End - summary.Start)}</td>
        </tr>
        """);

    private static string Share(ulong duration, ulong longest) => (longest == 0 ? 1 : Math.Max(1, 100.0 * duration / longest)).ToString("0.#", CultureInfo.InvariantCulture);
}
