using System.Globalization;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Everything that a log record says.</summary>
internal static class LogDetails
{
    // What the SDK adds for itself: the message before its holes were filled.
    private const string Template = "{OriginalFormat}";

    public static Html Of(LogEntry entry) => Html.Of($"""
        <div class="pane-head"><h2>Log record</h2>{Parts.Level(entry.Level)}<span class="end">
        {(entry.TraceId == default ? Html.None : Html.Of($"""<a class="button" href="/traces/detail/{entry.TraceId.ToString()}?span={(entry.SpanId == default ? "" : entry.SpanId.ToString())}">Open its trace</a>"""))}
        <button type="button" class="quiet square" data-close aria-label="Close">{Icons.Close}</button></span></div>
        <section><pre class="message">{entry.Message}</pre></section>
        {Parts.Exception(entry.Attributes)}
        {Parts.Facts("Log record",
        [
            ("Time", Html.Of($"{UnixTime.Full(entry.Time)}"), null),
            ("Resource", Parts.Name(entry.Resource), Address("resource", entry.Resource.DisplayName)),
            ("Category", Html.Of($"{entry.Scope.Name}"), Address("filter", $"category={entry.Scope.Name}")),
            ("Severity", Html.Of($"{entry.Severity} {entry.SeverityText}"), null),
            .. Maybe("Event", entry.EventName),
            .. Maybe("Template", entry.Attributes.Find(Template)),
            .. Maybe("Trace", entry.TraceId == default ? null : entry.TraceId.ToString()),
            .. Maybe("Span", entry.SpanId == default ? null : entry.SpanId.ToString()),
            .. Maybe("Attributes left out", entry.DroppedAttributes == 0 ? null : entry.DroppedAttributes.ToString(CultureInfo.InvariantCulture)),
        ])}
        {Parts.Facts("Attributes", Parts.FactsOf([.. entry.Attributes.Where(attribute => attribute.Key != Template && !attribute.Key.StartsWith("exception.", StringComparison.Ordinal))], attribute => Address("filter", $"{attribute.Key}={attribute.Text}")))}
        {Parts.Facts("Resource", Parts.FactsOf(entry.Resource.Attributes))}
        """);

    private static IEnumerable<(string, Html, string?)> Maybe(string name, string? value) => string.IsNullOrEmpty(value) ? [] : [(name, Parts.Value(value), null)];

    private static string Address(string name, string value) => $"{LogsPage.Place}?{name}={Uri.EscapeDataString(value)}";
}
