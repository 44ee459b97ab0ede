using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Resources;

/// <summary>The first page: what there is, how it is, and what can be done with it; as a table, as parameters, or as a graph, with the details of one.</summary>
internal static class ResourcesPage
{
    public static void MapResources(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext context, IApplication application) => application is NoApplication
            ? Results.LocalRedirect("/structuredlogs")
            : Layout.Page(application, "/", "Resources", Body(application, new ResourcesQuery(context.Request.Query)), own: "resources"));
        routes.MapGet("/live/resources", (HttpContext context, IApplication application, bool once = false) =>
        {
            var query = new ResourcesQuery(context.Request.Query);
            return TypedResults.ServerSentEvents(Live.Parts(application.WatchAsync(context.RequestAborted), () => Parts(application, query), once, context.RequestAborted));
        });
        routes.MapCommands();
        routes.MapParameters();
        routes.MapApi();
    }

    private static Html Body(IApplication application, ResourcesQuery query) => Html.Of($"""
        <div class="head">
        <h1>Resources</h1>
        <nav class="tabs" aria-label="View">{Tab(query, ResourcesQuery.Table)}{Tab(query, ResourcesQuery.Parameters)}{Tab(query, ResourcesQuery.Graph)}</nav>
        {Filters(application, query)}
        </div>
        <div class="live" data-live="/live/resources">
        {Parts(application, query).Select(part => part.Html)}
        </div>
        """);

    // What is live, each with the id of its element. Those that stand beside each other are one part.
    private static IEnumerable<(string Id, Html Html)> Parts(IApplication application, ResourcesQuery query)
    {
        var all = application.Resources;
        var shown = all.Where(resource => (resource.Parameter is null) == (query.View != ResourcesQuery.Parameters) && query.Matches(resource)).ToArray();
        var view = query.View switch
        {
            ResourcesQuery.Parameters => ParametersView.Table(shown, query),
            ResourcesQuery.Graph => Graph.Draw(shown, query),
            _ => ResourceTable.Of(application, shown, query),
        };
        yield return ("notices", ParametersView.Notice(all));
        yield return ("view", Html.Of($"""<div id="view" class="split">{view}{(query.Resource is null ? Html.None : ResourceDetails.Of(application, query))}</div>"""));
    }

    private static Html Tab(ResourcesQuery query, string view) => query.View == view
        ? Html.Of($"""<a href="{query.With("view", view)}" aria-current="page">{view}</a>""")
        : Html.Of($"""<a href="{query.With("view", view)}">{view}</a>""");

    // A form that the script sends at each change; without one there is the button.
    private static Html Filters(IApplication application, ResourcesQuery query)
    {
        var known = application.Resources.Where(resource => resource.Parameter is null && (query.WithHidden || !resource.IsHidden)).ToArray();
        return Html.Of($"""
            <form class="toolbar" method="get" action="/" role="search" data-filters>
            <input type="hidden" name="view" value="{query.View}">
            {(query.Resource is { } name ? Html.Of($"""<input type="hidden" name="resource" value="{name}">""") : Html.None)}
            <label class="unseen" for="search">Search</label>
            <input id="search" type="search" name="search" value="{query.Search}" placeholder="Search… (/)" autocomplete="off" spellcheck="false">
            <button type="button" popovertarget="filters"{Pressed(query.IsFiltered)}>{Icons.Filter}Filter</button>
            <div id="filters" class="menu" popover>
            {Group(query, "type", "Type", known.Select(resource => resource.Type))}
            {Group(query, "state", "State", known.Select(resource => resource.State ?? States.Unknown))}
            {Group(query, "health", "Health", known.Select(resource => resource.Health ?? States.NoHealth))}
            </div>
            <label class="check"><input type="checkbox" name="hidden" value="true"{Checked(query.WithHidden)}>Show hidden</label>
            <noscript><button>Apply</button></noscript>
            </form>
            """);
    }

    private static Html Group(ResourcesQuery query, string name, string title, IEnumerable<string> values) => Html.Of($"""
        <fieldset><legend>{title}</legend>{values.Distinct().Order(StringComparer.Ordinal).Select(value =>
            Html.Of($"""<label class="check"><input type="checkbox" name="{name}" value="{value}"{Checked(query.Has(name, value))}>{value}</label>"""))}</fieldset>
        """);

    private static Html Checked(bool isChecked) => isChecked ? new Html(" checked") : Html.None;

    private static Html Pressed(bool isPressed) => isPressed ? new Html(" aria-pressed=\"true\"") : Html.None;
}
