using Aspire.Dashboard.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Front;

/// <summary>The table of resources.</summary>
internal static class Resources
{
    public static void MapResources(this IEndpointRouteBuilder routes) => routes.MapGet("/", (IApplication application) => Layout.Page(application, "/", "Resources", Html.Of($"""
        <h1>Resources</h1>
        <ul>{application.Resources.Where(resource => !resource.IsHidden).Select(resource => Html.Of($"<li>{resource.Name} {resource.State} {resource.Health}</li>"))}</ul>
        """)));

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
    }
}
