using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Resources;

/// <summary>Everything about one resource, in the pane beside the list.</summary>
internal static class ResourceDetails
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["executable.path"] = "Executable",
        ["executable.workDir"] = "Working directory",
        ["executable.args"] = "All arguments",
        ["executable.pid"] = "Process ID",
        ["resource.appArgs"] = "Arguments",
        ["project.path"] = "Project",
        ["project.launchProfile"] = "Launch profile",
        ["container.image"] = "Image",
        ["container.id"] = "Container ID",
        ["container.command"] = "Command",
        ["container.args"] = "Container arguments",
        ["container.ports"] = "Ports",
        ["container.lifetime"] = "Lifetime",
        ["parameter.secret"] = "Secret",
    };

    public static Html Of(IApplication application, ResourcesQuery query)
    {
        var close = Html.Of($"""<a class="button" data-here data-close href="{query.WithResource(null)}" aria-label="Close the details" title="Close (Escape)">{Icons.Close}</a>""");
        return application.Resource(query.Resource) is not { } resource
            ? Html.Of($"""<aside class="pane" aria-label="Details"><div class="pane-head"><h2>There is no resource {query.Resource}</h2><div class="end">{close}</div></div></aside>""")
            : Html.Of($"""
            <aside class="pane" aria-label="Details of {resource.Name}">
            <div class="pane-head">
            <h2>{resource.Name}</h2>{States.Chip(resource)}
            <div class="end">{CommandButtons.All(resource)}{close}</div>
            </div>
            <nav class="tabs" aria-label="More of {resource.Name}">{CommandButtons.Places(resource).Select(place => Html.Of($"""<a href="{place.Path}">{place.Name}</a>"""))}</nav>
            {Section("Resource", Facts(resource, query))}
            {Section("URLs", resource.Urls.OrderByDescending(url => url.Order).Select(url => Fact(url.Endpoint ?? "Link", Html.Of($"{States.Link(url)} <span class=\"soft mono\">{url.Url}</span>"))))}
            {Section("Waits for and refers to", resource.DependsOn.Select(other => Related(application, other.Resource, other.Type, query)))}
            {Section("Used by", application.Resources.SelectMany(user => user.DependsOn.Where(other => other.Resource == resource.Name).Select(other => Related(application, user.Name, other.Type, query))))}
            {Section("Health checks", resource.HealthReports.Select(Health))}
            {Section("Environment variables", resource.Environment.Select(variable => Fact(variable.Name, Html.Of($"<span class=\"mono\">{Masked.Value(variable, "env:" + variable.Name, query)}</span>"))), ShowAll(resource, query))}
            </aside>
            """);
    }

    private static IEnumerable<Html> Facts(ResourceView resource, ResourcesQuery query)
    {
        yield return Fact("Type", Html.Of($"{resource.Type}"));
        yield return Fact("Instance", Html.Of($"<span class=\"mono\">{resource.Id}</span>"));
        if (resource.Parameter is { Description: { } description })
        {
            yield return Fact("For", Html.Of($"{description}"));
        }

        yield return Fact("Started", States.Time(resource.StartedAt));
        if (resource.StoppedAt is { } stopped)
        {
            yield return Fact("Stopped", States.Time(stopped));
        }

        if (resource.ExitCode is { } code)
        {
            yield return Fact("Exit code", Html.Of($"{code.ToString(CultureInfo.InvariantCulture)}"));
        }

        foreach (var property in resource.Properties)
        {
            yield return Fact(Names.GetValueOrDefault(property.Name, property.Name), Html.Of($"<span class=\"mono\">{Masked.Value(property, property.Name, query)}</span>"));
        }
    }

    private static Html Health(HealthView report) => Fact(report.Name, Html.Of($"""
        <span class="chip {report.Status switch { "Healthy" => "good", "Unhealthy" => "bad", _ => "wait" }}">{report.Status ?? "Not run yet"}</span> <span class="soft">{States.Time(report.LastRunAt)}</span>
        {(report.Description is { Length: > 0 } text ? Html.Of($"<div>{text}</div>") : Html.None)}{(report.Error is { Length: > 0 } error ? Html.Of($"""<details><summary class="error">{FirstLine(error)}</summary><pre class="mono">{error}</pre></details>""") : Html.None)}
        """));

    private static Html Related(IApplication application, string name, string type, ResourcesQuery query) => Fact(type switch { "WaitFor" => "Waits for", _ => type }, application.Resource(name) is { } other
        ? Html.Of($"""<a data-here href="{query.WithResource(name)}">{name}</a> {States.Chip(other)}""")
        : Html.Of($"{name}"));

    private static Html ShowAll(ResourceView resource, ResourcesQuery query) => resource.Environment.Any(variable => variable.IsSensitive)
        ? Html.Of($"""<a class="button" data-here="same" href="{query.With("show", query.ShowsAll ? null : "*")}">{Icons.Eye}{(query.ShowsAll ? "Hide values" : "Show values")}</a>""")
        : Html.None;

    private static Html Section(string title, IEnumerable<Html> facts, Html? end = null)
    {
        var rows = facts.ToArray();
        return rows.Length == 0 ? Html.None : Html.Of($"""
            <section aria-label="{title}"><header><h2>{title}</h2><span class="count">{rows.Length}</span>{end ?? Html.None}</header><table class="facts"><tbody>{rows}</tbody></table></section>
            """);
    }

    private static Html Fact(string name, Html value) => Html.Of($"""<tr><th scope="row">{name}</th><td>{value}</td></tr>""");

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd('\r');
}
