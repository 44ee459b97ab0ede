using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Aspire.Dashboard.Telemetry.Metrics;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Metrics: a tree of resources, meters and instruments; of the chosen instrument a chart or a table.</summary>
internal static class MetricsPage
{
    public const string Place = "/metrics";

    private static readonly (string, string)[] s_windows = [("1", "Last minute"), ("5", "Last 5 minutes"), ("15", "Last 15 minutes"), ("60", "Last hour"), ("360", "Last 6 hours")];

    public static IResult Show(HttpRequest request, IApplication application, TelemetryStore store)
    {
        var resources = store.Resources.Where(resource => !resource.Metrics.IsEmpty).ToArray();
        // Of several under one name, the one that came last: the others may have ended.
        var resource = resources.Where(one => one.Is(request.Query["resource"].ToString())).MaxBy(one => one.Number) ?? (resources.Length == 1 ? resources[0] : null);
        var instrument = resource?.Metrics.All.FirstOrDefault(one => one.Name == request.Query["instrument"] && one.Meter.Name == request.Query["meter"]);

        return Layout.Page(application, Place, instrument?.Name ?? "Metrics", Html.Of($"""
            <div class="head" data-signal="metrics">
            <h1>Metrics</h1>
            <div class="toolbar">{Parts.Actions(Place, store.AreMetricsPaused, resources, "/api/telemetry/export/metrics", resource?.DisplayName)}</div>
            </div>
            <div class="split metrics">
            <nav class="sheet tree" aria-label="Instruments" data-part="tree">{resources.Select(one => Tree(one, one == resource, instrument))}
            {(resources.Length == 0 ? Html.Of($"""<p class="empty">No metrics have been received yet.</p>""") : Html.None)}</nav>
            <div class="sheet panel">{(resource is null || instrument is null ? request.Query["resource"] is [{ Length: > 0 } wanted, ..] && resource is null ? Parts.Empty("metrics", resources.Length > 0, wanted, resources) : Html.Of($"""<p class="empty">Choose an instrument.</p>""") : Panel(request, resource, instrument))}</div>
            </div>
            <div class="foot" data-part="foot">{(store.AreMetricsPaused ? "Paused. " : "")}{Parts.Number(resources.Sum(one => one.Metrics.All.Count()))} instruments</div>
            """), "telemetry");
    }

    private static Html Tree(TelemetryResource resource, bool isOpen, Instrument? chosen) => Html.Of($"""
        <details id="tree-{resource.Number}"{(isOpen ? new Html(" open") : Html.None)}><summary>{Parts.Name(resource)}</summary>
        {resource.Metrics.All.GroupBy(instrument => instrument.Meter.Name).OrderBy(meter => IsOfThePlatform(meter.Key)).ThenBy(meter => meter.Key, StringComparer.OrdinalIgnoreCase).Select(meter => Html.Of($"""
            <h3>{meter.Key}</h3><ul>{meter.OrderBy(instrument => instrument.Name, StringComparer.Ordinal).Select(instrument => Html.Of($"""
                <li><a href="{Place}?resource={Uri.EscapeDataString(resource.FullName)}&amp;meter={Uri.EscapeDataString(meter.Key)}&amp;instrument={Uri.EscapeDataString(instrument.Name)}"{(instrument == chosen ? new Html(" aria-current=\"page\"") : Html.None)}>{instrument.Name}</a></li>
                """))}</ul>
            """))}
        </details>
        """);

    // Its own metrics are what somebody looks for first.
    private static bool IsOfThePlatform(string meter) => meter.StartsWith("Microsoft.", StringComparison.Ordinal) || meter.StartsWith("System.", StringComparison.Ordinal) || meter.StartsWith("OpenTelemetry.", StringComparison.Ordinal);

    private static Html Panel(HttpRequest request, TelemetryResource resource, Instrument instrument)
    {
        var address = Address.Of(request);
        var minutes = ulong.TryParse(request.Query["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given is > 0 and <= 1440 ? given : 5;
        var filters = request.Query["d"].Where(text => !string.IsNullOrEmpty(text)).Select(text => AttributeFilter.Of(text!)).ToArray();
        var all = instrument.Series.ToArray();
        var series = all.Where(one => filters.GroupBy(filter => filter.Key).All(same => same.Any(filter => filter.Fits(one.Dimensions.Find)))).ToArray();
        var until = UnixTime.Now;
        var from = until - (minutes * 60_000_000_000);
        var isTable = request.Query["view"] == "table";
        var lines = Chart.Of(instrument.Kind, series, from, until);
        var unit = instrument.Kind is InstrumentKind.Counter ? $"{Unit(instrument)}/s" : Unit(instrument);

        return Html.Of($"""
            <section class="about">
            <h2>{instrument.Name}</h2><p class="soft">{instrument.Description.TrimEnd('.')}{(instrument.Description.Length > 0 ? ". " : "")}{instrument.Kind.ToString()}, {(unit.Length == 0 ? "no unit" : unit)}</p>
            <div class="toolbar">
            <div class="tabs"><a href="{address.Without("view").ToString()}"{(isTable ? Html.None : new Html(" aria-current=\"page\""))}>Graph</a><a href="{address.With("view", "table").ToString()}"{(isTable ? new Html(" aria-current=\"page\"") : Html.None)}>Table</a></div>
            <form method="get" class="toolbar" data-auto>{LogsPage.Hidden(request, "resource", "meter", "instrument", "view")}
            {Parts.Select("minutes", "Time", null, s_windows, minutes.ToString(CultureInfo.InvariantCulture))}
            {all.SelectMany(one => one.Dimensions).GroupBy(one => one.Key).OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => Dimension(key.Key, key.Select(one => one.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(200), filters))}
            <button class="unseen">Apply</button></form></div>
            </section>
            <div data-part="chart">
            {(isTable ? Table(instrument, series) : ChartSvg.Of(instrument.Name, unit, lines, series.SelectMany(one => one.Points).SelectMany(point => point.Exemplars).TakeLast(100), from, until))}
            {(isTable ? Html.None : Html.Of($"""<ul class="legend">{lines.Select((line, index) => Html.Of($"""<li>{Parts.Swatch($"s{index % 8}")}{line.Name} <b>{(line.Last is { } last ? $"{Parts.Number(last)} {unit}" : "no data")}</b></li>"""))}</ul>"""))}
            {(series.Length > Chart.MostLines - 1 && instrument.Kind is not InstrumentKind.Histogram ? Html.Of($"""<p class="soft">The {Chart.MostLines - 1} largest of {series.Length} series are drawn. The table has all of them.</p>""") : Html.None)}
            {(isTable || instrument.Kind is not InstrumentKind.Histogram ? Html.None : Html.Of($"""<h3>Measurements per second</h3>{ChartSvg.Of($"{instrument.Name} measurements", "per second", [Chart.Frequency(series, from, until)], [], from, until)}"""))}
            </div>
            """);
    }

    private static Html Dimension(string key, IEnumerable<string> values, AttributeFilter[] filters) =>
        Parts.Select("d", key, $"{key}: any", values.Select(value => ($"{key}={value}", $"{key}: {value}")), filters.FirstOrDefault(filter => filter.Key == key).ToString());

    private static Html Table(Instrument instrument, Series[] series)
    {
        var isHistogram = instrument.Kind is InstrumentKind.Histogram;
        return Html.Of($"""
            <table class="grid"><thead><tr><th scope="col">Dimensions</th>{(isHistogram
                ? Html.Of($"""<th scope="col" class="numbers">Count</th><th scope="col" class="numbers">p50</th><th scope="col" class="numbers">p90</th><th scope="col" class="numbers">p99</th><th scope="col" class="numbers">Sum</th>""")
                : Html.Of($"""<th scope="col" class="numbers">Value</th>"""))}<th scope="col">Last change</th></tr></thead>
            <tbody>{series.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Dimensions, one.Last)).Where(one => one.Last is not null).Take(500).Select(one => Html.Of($"""
                <tr><td>{(one.Dimensions.Length == 0 ? Html.Of($"""<span class="soft">none</span>""") : Html.Of($"{string.Join(", ", one.Dimensions.Select(dimension => $"{dimension.Key}={dimension.Text}"))}"))}</td>
                {(one.Last!.Histogram is { } histogram
                    ? Html.Of($"""<td class="numbers">{Parts.Number(histogram.Count)}</td>{Percentile(histogram, 0.5)}{Percentile(histogram, 0.9)}{Percentile(histogram, 0.99)}<td class="numbers">{Parts.Number(one.Last.Value)}</td>""")
                    : Html.Of($"""<td class="numbers">{Parts.Number(one.Last.Value)}</td>"""))}<td class="tight">{Parts.Time(one.Last.From)}</td></tr>
                """))}</tbody></table>
            """);

        static Html Percentile(HistogramValue histogram, double rank) => Html.Of($"""<td class="numbers">{(histogram.Distribution.Percentile(rank, histogram.Max) is { } value ? Parts.Number(value) : "")}</td>""");
    }

    // {request} says in words what is counted.
    private static string Unit(Instrument instrument) => instrument.Unit.Trim('{', '}') is "1" ? "" : instrument.Unit.Trim('{', '}');
}
