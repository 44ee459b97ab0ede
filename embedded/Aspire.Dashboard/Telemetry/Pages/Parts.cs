using System.Globalization;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SpanKind = Aspire.Dashboard.Otlp.Protocol.Span.Types.SpanKind;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>What the telemetry pages have in common.</summary>
internal static class Parts
{
    public static string Number(double number) => number.ToString("#,0.###", CultureInfo.InvariantCulture);

    public static Html Swatch(string colour) => Html.Of($"""<span class="swatch {colour}"></span>""");

    public static Html Name(TelemetryResource resource) => Html.Of($"""<span class="sender">{Swatch(resource.Colour)}{resource.DisplayName}</span>""");

    /// <summary>Names of spans have only the route; which of its addresses was meant tells one from the other.</summary>
    public static Html Path(Span span) => Html.Of($"""
        {(span.Attributes.Find("http.response.status_code") == "101" && span.Kind is SpanKind.Server ? Html.Of($""" <span class="times">WebSocket</span>""") : Html.None)}
        {(span.Kind is SpanKind.Server && span.Attributes.Find("url.path") is { } path && !span.Name.EndsWith(" " + path, StringComparison.Ordinal) ? Html.Of($""" <span class="path">{path}</span>""") : Html.None)}
        """);

    public static Html Time(ulong nanoseconds) => Html.Of($"""<time title="{UnixTime.Full(nanoseconds)}">{UnixTime.Clock(nanoseconds)}</time>""");

    public static Html Level(LogLevel level) => Html.Of($"""<span class="chip {level switch
    {
        LogLevel.Critical or LogLevel.Error => "bad",
        LogLevel.Warning => "wait",
        LogLevel.Information => "info",
        _ => "",
    }}">{(level is LogLevel.None ? "Unset" : level.ToString())}</span>""");

    /// <summary>A choice in a form; the first, empty one is <paramref name="all"/>.</summary>
    public static Html Select(string name, string label, string? all, IEnumerable<(string Value, string Text)> choices, string? chosen) => Html.Of($"""
        <select name="{name}" aria-label="{label}">
        {(all is null ? Html.None : Html.Of($"""<option value="">{all}</option>"""))}
        {choices.Select(choice => Html.Of($"""<option value="{choice.Value}"{(string.Equals(choice.Value, chosen, StringComparison.OrdinalIgnoreCase) ? new Html(" selected") : Html.None)}>{choice.Text}</option>"""))}
        </select>
        """);

    /// <summary>Every sender that <paramref name="has"/> something; a name that several instances share stands for all of them too.</summary>
    public static Html SelectResource(TelemetryStore store, Func<TelemetryResource, bool> has, string? chosen)
    {
        var resources = store.Resources.Where(has).ToArray();
        var shared = resources.Where(resource => resource.IsOneOfSeveral).GroupBy(resource => resource.Name).Where(group => group.Count() > 1).Select(group => (group.Key, $"{group.Key} (all {group.Count()})"));
        var choices = shared.Concat(resources.Select(resource => (resource.DisplayName, resource.DisplayName))).ToList();
        if (chosen is not null && !choices.Any(choice => choice.Item1.Equals(chosen, StringComparison.OrdinalIgnoreCase)))
        {
            choices.Add((chosen, chosen)); // By a link to one that has sent nothing: the filter is in force, so it is to be seen.
        }

        return Select("resource", "Resource", "All resources", choices, chosen);
    }

    /// <summary>Why a list is empty.</summary>
    public static Html Empty(string what, bool anyReceived, string? resource, IEnumerable<TelemetryResource> senders) =>
        !anyReceived ? Html.Of($"""<p class="empty">No {what} have been received yet.</p>""")
        : resource is null || senders.Any(sender => sender.Is(resource)) ? Html.Of($"""<p class="empty">Nothing fits.</p>""")
        : Html.Of($"""<p class="empty">{resource} has sent no {what}. <a href="/consolelogs/resource/{Uri.EscapeDataString(resource)}">Its console</a></p>""");

    /// <summary>The filters by attribute that are in force, each with a link that takes it away, and the field for another.</summary>
    public static Html AttributeFilters(Address address, IReadOnlyList<AttributeFilter> filters) => Html.Of($"""
        {filters.Select((filter, index) => Html.Of($"""
            <span class="filter"><input type="hidden" name="filter" value="{filter.ToString()}">{filter.ToString()}<a href="{address.With("filter", filters.Where((_, other) => other != index).Select(other => other.ToString()).ToArray()).ToString()}" aria-label="Remove the filter {filter.ToString()}">{Icons.Close}</a></span>
            """))}
        <input name="filter" aria-label="Filter by attribute" placeholder="attribute=value" title="key=value, key!=value, key~part, or a key alone">
        """);

    public static IReadOnlyList<AttributeFilter> AttributeFiltersOf(HttpRequest request) => [.. request.Query["filter"].Where(text => !string.IsNullOrWhiteSpace(text)).Take(20).Select(text => AttributeFilter.Of(text!))];

    /// <summary>Named values as a table, each with the address that shows only records with such a value.</summary>
    public static Html Facts(string title, IReadOnlyCollection<(string Name, Html Value, string? Filter)> facts) => facts.Count == 0 ? Html.None : Html.Of($"""
        <section>
        <header><h2>{title}</h2><span class="count">{facts.Count}</span></header>
        <table class="facts"><tbody>
        {facts.Select(fact => Html.Of($"""<tr><th scope="row">{fact.Name}</th><td>{fact.Value}{(fact.Filter is null ? Html.None : Html.Of($""" <a class="narrow" href="{fact.Filter}" title="Only with this value" aria-label="Only with this value of {fact.Name}">{Icons.Filter}</a>"""))}</td></tr>"""))}
        </tbody></table>
        </section>
        """);

    public static (string, Html, string?)[] FactsOf(Attribute[] attributes, Func<Attribute, string>? filter = null) =>
        [.. attributes.OrderBy(attribute => attribute.Key, StringComparer.OrdinalIgnoreCase).Select(attribute => (attribute.Key, Value(attribute.Text), filter is not null && attribute.Text.Length < 200 ? filter(attribute) : null))];

    /// <summary>A value: several lines as they are, a very long one folded.</summary>
    public static Html Value(string text) => text.Contains('\n', StringComparison.Ordinal) ? Html.Of($"""<pre>{text}</pre>""")
        : text.Length > 2000 ? Html.Of($"""<details><summary>{text[..200]}… ({text.Length} characters)</summary><pre>{text}</pre></details>""")
        : Html.Of($"{text}");

    /// <summary>An exception, from where it was written: attributes of a log record or of a span's event.</summary>
    public static Html Exception(Attribute[] attributes)
    {
        var (type, message, stack) = (attributes.Find("exception.type"), attributes.Find("exception.message"), attributes.Find("exception.stacktrace"));
        return type is null && message is null && stack is null ? Html.None : Html.Of($"""
            <section class="exception">
            <header><h2>Exception</h2></header>
            <p><strong>{type}</strong>{(message is null ? "" : ": ")}{message}</p>
            {(stack is null ? Html.None : Html.Of($"<pre>{stack}</pre>"))}
            </section>
            """);
    }

    /// <summary>Pause or resume, clear, download; each page has its own.</summary>
    public static Html Actions(string place, bool isPaused, IEnumerable<TelemetryResource> resources, string export, string? resource) => Html.Of($"""
        <form method="post" action="{place}/pause"><input type="hidden" name="paused" value="{(isPaused ? "false" : "true")}"><button aria-pressed="{(isPaused ? "true" : "false")}" title="{(isPaused ? "What comes is not kept now" : "Keep nothing of what comes")}">{(isPaused ? "Resume" : "Pause")}</button></form>
        <button type="button" popovertarget="clear">Clear</button>
        <div id="clear" popover class="menu">
        <form method="post" action="{place}/clear"><button>Everything</button></form>
        {resources.Select(one => Html.Of($"""<form method="post" action="{place}/clear"><input type="hidden" name="resource" value="{one.FullName}"><button>{Name(one)}</button></form>"""))}
        </div>
        <a class="button" href="{export}{(resource is null ? "" : "?resource=" + Uri.EscapeDataString(resource))}" download title="Everything that is kept{(resource is null ? "" : " of " + resource)}, as OTLP/JSON">Export</a>
        """);
}
