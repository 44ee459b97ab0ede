using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Structured logs: newest first, a window of them at a time, what is chosen beside the list.</summary>
internal static class LogsPage
{
    public const string Place = "/structuredlogs";
    private const int Window = 100;

    private static readonly (string, string)[] s_levels = [.. Enumerable.Range(0, 6).Select(level => ((LogLevel)level).ToString()).Select(name => (name, name == "Trace" ? "All levels" : name))];

    public static IResult Show(HttpRequest request, IApplication application, TelemetryStore store)
    {
        var filter = FilterOf(request);
        var address = Address.Of(request);
        // Older pages stay as they are while new records come.
        var before = long.TryParse(request.Query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
        var fitting = store.Logs.NewestFirst().Where(filter.Fits).ToArray();
        var newer = fitting.Count(entry => entry.Number >= before);
        var shown = fitting.AsSpan(newer, Math.Min(Window, fitting.Length - newer)).ToArray();
        var chosen = long.TryParse(request.Query["log"], NumberStyles.None, CultureInfo.InvariantCulture, out var log) ? store.Logs.Find(log) : null;

        return Layout.Page(application, Place, "Structured logs", Html.Of($"""
            <div class="head" data-signal="logs">
            <h1>Structured logs</h1>
            <div class="toolbar">
            <form method="get" action="{Place}" class="toolbar" data-auto>
            {Hidden(request, "traceId", "spanId")}
            {Parts.SelectResource(store, resource => resource.HasLogs, filter.Resource)}
            {Parts.Select("level", "Least level", null, s_levels, filter.Level.ToString())}
            <input type="search" name="q" value="{filter.Text}" placeholder="Search messages" aria-label="Search messages">
            {Parts.AttributeFilters(address.Without("before", "log"), filter.Attributes)}
            <button class="unseen">Apply</button>
            </form>
            {Parts.Actions(Place, store.Logs.IsPaused, store.Resources.Where(resource => resource.HasLogs), "/api/telemetry/export/logs", filter.Resource)}
            </div>
            </div>
            {Notice(address, filter)}
            <div class="split">
            <div class="sheet"><table class="grid logs">
            <thead><tr><th scope="col">Resource</th><th scope="col">Level</th><th scope="col">Time</th><th scope="col">Message</th><th scope="col" class="wide">Trace</th></tr></thead>
            <tbody data-part="rows">{shown.Select(entry => Row(entry, entry == chosen))}</tbody>
            </table>
            <div data-part="empty">{(shown.Length == 0 ? Parts.Empty("structured logs", store.Logs.Received > 0, filter.Resource, store.Resources.Where(resource => resource.HasLogs)) : Html.None)}</div>
            </div>
            <aside id="pane" class="pane" aria-label="Log record"{(chosen is null ? new Html(" hidden") : Html.None)}>{(chosen is null ? Html.None : LogDetails.Of(chosen))}</aside>
            </div>
            <div class="foot pages" data-part="foot">
            <span>{Parts.Number(fitting.Length)} fit{(shown.Length == 0 ? "" : $", {Parts.Number(newer + 1)} to {Parts.Number(newer + shown.Length)} shown")}; {Parts.Number(store.Logs.Received)} received{(store.Logs.IsPaused ? ", paused" : "")}</span>
            {(newer == 0 ? Html.None : Html.Of($"""<a href="{address.Without("before").ToString()}">Newest</a>"""))}
            {(fitting.Length <= newer + shown.Length ? Html.None : Html.Of($"""<a rel="next" href="{address.With("before", shown[^1].Number.ToString(CultureInfo.InvariantCulture)).ToString()}">Older</a>"""))}
            </div>
            """), "telemetry");
    }

    public static IResult Entry(TelemetryStore store, long number) => store.Logs.Find(number) is { } entry
        ? Results.Text(LogDetails.Of(entry).Text, "text/html; charset=utf-8")
        : Results.Text(Html.Of($"""<p class="empty">This record is no longer kept.</p>""").Text, "text/html; charset=utf-8", statusCode: StatusCodes.Status404NotFound);

    private static LogFilter FilterOf(HttpRequest request) => new()
    {
        Resource = request.Query["resource"] is [{ Length: > 0 } resource, ..] ? resource : null,
        Level = Enum.TryParse<LogLevel>(request.Query["level"], ignoreCase: true, out var level) && level is >= LogLevel.Trace and < LogLevel.None ? level : LogLevel.Trace,
        Text = request.Query["q"].ToString().Trim(),
        TraceId = TraceId.OrNone(request.Query["traceId"]),
        SpanId = SpanId.OrNone(request.Query["spanId"]),
        Attributes = Parts.AttributeFiltersOf(request),
    };

    private static Html Row(LogEntry entry, bool isChosen) => Html.Of($"""
        <tr id="log-{entry.Number.ToString(CultureInfo.InvariantCulture)}" data-pane="{Place}/entry/{entry.Number.ToString(CultureInfo.InvariantCulture)}" data-name="log" data-value="{entry.Number.ToString(CultureInfo.InvariantCulture)}" tabindex="0" aria-selected="{(isChosen ? "true" : "false")}">
        <td class="tight">{Parts.Name(entry.Resource)}</td><td class="tight">{Parts.Level(entry.Level)}</td><td class="tight">{Parts.Time(entry.Time)}</td>
        <td class="clip">{(entry.HasException ? Html.Of($"""<span class="error" title="With an exception">⚠ </span>""") : Html.None)}{Limits.Cut(entry.Message, 300)}</td>
        <td class="tight wide">{(entry.TraceId == default ? Html.None : Html.Of($"""<a class="mono" href="/traces/detail/{entry.TraceId.ToString()}?span={(entry.SpanId == default ? "" : entry.SpanId.ToString())}">{entry.TraceId.ToString()[..7]}</a>"""))}</td>
        </tr>
        """);

    private static Html Notice(Address address, LogFilter filter) => filter.TraceId == default ? Html.None : Html.Of($"""
        <div class="notice"><p>Only of the trace <a class="mono" href="/traces/detail/{filter.TraceId.ToString()}">{filter.TraceId.ToString()[..7]}</a>{(filter.SpanId == default ? "" : $" and its span {filter.SpanId}")}.</p> <a href="{address.Without("traceId", "spanId", "before").ToString()}">Show all</a></div>
        """);

    public static Html Hidden(HttpRequest request, params string[] names) => Html.Of($"""
        {names.Where(name => request.Query[name].ToString().Length > 0).Select(name => Html.Of($"""<input type="hidden" name="{name}" value="{request.Query[name].ToString()}">"""))}
        """);
}
