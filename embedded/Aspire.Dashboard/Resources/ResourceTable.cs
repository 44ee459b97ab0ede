using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Resources;

/// <summary>The resources as a table, children under their parents.</summary>
internal static class ResourceTable
{
    private const int LinksShown = 2;

    public static Html Of(IApplication application, IReadOnlyList<ResourceView> shown, ResourcesQuery query) => shown.Count == 0
        ? Html.Of($"""<div class="sheet"><p class="empty">{(application.Resources.Count == 0 ? "The application has no resources yet." : "No resource matches these filters.")}</p></div>""")
        : Html.Of($"""
            <div class="sheet">
            <table class="grid" aria-label="Resources">
            <thead><tr><th scope="col">Name</th><th scope="col">State</th><th scope="col" class="wide">Type</th><th scope="col" class="wide">Start time</th><th scope="col" class="wide">Source</th><th scope="col">URLs</th><th scope="col" class="tight">Actions</th></tr></thead>
            <tbody>{Rows(new Colours(application), shown, query)}</tbody>
            </table>
            </div>
            """);

    private static IEnumerable<Html> Rows(Colours colours, IReadOnlyList<ResourceView> shown, ResourcesQuery query) => InTree(shown).Select(row => Row(colours, row.Resource, row.Depth, query));

    /// <summary>Depth first. A child whose parent is not shown stands for itself, and so does whoever is its own ancestor.</summary>
    internal static IEnumerable<(ResourceView Resource, int Depth)> InTree(IReadOnlyList<ResourceView> shown)
    {
        var children = shown.ToLookup(resource => shown.Any(other => other.Name == resource.Parent()) ? resource.Parent() : null);
        var seen = new HashSet<string>();
        foreach (var row in children[null].Concat(shown).SelectMany(root => Under(root, 0)))
        {
            yield return row;
        }

        IEnumerable<(ResourceView, int)> Under(ResourceView resource, int depth) => seen.Add(resource.Id)
            ? children[resource.Name].SelectMany(child => Under(child, depth + 1)).Prepend((resource, depth))
            : [];
    }

    private static Html Row(Colours colours, ResourceView resource, int depth, ResourcesQuery query) => Html.Of($"""
        <tr id="row-{resource.Id}" data-row tabindex="-1" aria-selected="{(IsOpen(resource, query) ? "true" : "false")}">
        <td class="name d{Math.Min(depth, 4)}"><span class="swatch {colours.Of(resource.Name)}"></span><a data-here href="{query.WithResource(resource.Name)}">{resource.Name}</a></td>
        <td>{States.Chip(resource)}</td>
        <td class="wide soft">{resource.Type}</td>
        <td class="wide">{States.Time(resource.StartedAt)}</td>
        <td class="wide clip" title="{resource.Source}">{resource.Source}</td>
        <td>{Links(resource, query)}</td>
        <td class="tight actions">{CommandButtons.Row(resource, query)}</td>
        </tr>
        """);

    private static bool IsOpen(ResourceView resource, ResourcesQuery query) => string.Equals(query.Resource, resource.Name, StringComparison.OrdinalIgnoreCase);

    private static Html Links(ResourceView resource, ResourcesQuery query)
    {
        var urls = resource.Urls.Where(url => !url.IsInternal).OrderByDescending(url => url.Order).ToArray();
        var more = urls.Length - LinksShown;
        return urls.Length == 0 ? Html.Of($"""<span class="soft">-</span>""") : Html.Of($"""
            <span class="links">{urls.Take(LinksShown).Select(States.Link)}{(more > 0 ? Html.Of($"""<a data-here href="{query.WithResource(resource.Name)}">+{more}</a>""") : Html.None)}</span>
            """);
    }
}
