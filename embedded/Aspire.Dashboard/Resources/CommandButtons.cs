using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Resources;

/// <summary>The commands of a resource as buttons, and the ways to its other pages. Each button is a form, so that it works without a script.</summary>
internal static class CommandButtons
{
    /// <summary>For a row: highlighted commands as pictures, the rest in a menu.</summary>
    public static Html Row(ResourceView resource, ResourcesQuery query) => Html.Of($"""
        {Highlighted(resource)}
        <button type="button" class="quiet square" popovertarget="menu-{resource.Id}" aria-label="More of {resource.Name}">{Icons.More}</button>
        <div id="menu-{resource.Id}" class="menu" popover>
        <a data-here href="{query.WithResource(resource.Name)}">Details</a>
        {Places(resource).Select(place => Html.Of($"""<a href="{place.Path}">{place.Name}</a>"""))}
        {All(resource)}
        </div>
        """);

    /// <summary>The highlighted commands as pictures.</summary>
    public static Html Highlighted(ResourceView resource) => Html.Of($"{InOrder(resource).Where(command => command.IsHighlighted).Select(command => Button(resource, command, asPicture: true))}");

    /// <summary>For the details: all commands with their names.</summary>
    public static Html All(ResourceView resource) => Html.Of($"{InOrder(resource).Select(command => Button(resource, command, asPicture: false))}");

    /// <summary>The pages that show more of a resource.</summary>
    public static IEnumerable<(string Path, string Name)> Places(ResourceView resource)
    {
        var name = Uri.EscapeDataString(resource.Name);
        return resource.Parameter is not null ? [] :
        [
            ($"/consolelogs/resource/{name}", "Console logs"),
            ($"/structuredlogs?resource={name}", "Structured logs"),
            ($"/traces?resource={name}", "Traces"),
            ($"/metrics?resource={name}", "Metrics"),
        ];
    }

    // What every resource has comes last: at the same place in each row.
    private static IEnumerable<CommandView> InOrder(ResourceView resource) => resource.Commands.OrderBy(command => command.Name is "start" or "stop" or "restart");

    private static Html Button(ResourceView resource, CommandView command, bool asPicture)
    {
        var icon = command switch
        {
            { Name: "start" } => Icons.Start,
            { Name: "stop" } => Icons.Stop,
            { Name: "restart" } => Icons.Restart,
            _ => Icons.Command,
        };
        var disabled = command.IsEnabled ? Html.None : new Html(" disabled");
        var label = $"{command.Text} {resource.Name}";
        var button = asPicture
            ? Html.Of($"""<button class="quiet square" aria-label="{label}" title="{command.Description ?? command.Text}"{disabled}>{icon}</button>""")
            : Html.Of($"""<button aria-label="{label}" title="{command.Description}"{disabled}>{icon}{command.Text}</button>""");
        return Html.Of($"""
            <form method="post" action="{Commands.PathOf(resource, command)}" data-command="{command.Text}" data-of="{resource.Name}" data-confirm="{command.Confirmation}">{button}</form>
            """);
    }
}
