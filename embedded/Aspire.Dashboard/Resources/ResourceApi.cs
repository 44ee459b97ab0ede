using Aspire.Dashboard.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Resources;

/// <summary>The same as the pages show, as JSON for scripts. Masked here too: <c>?show=NAME</c> or <c>?show=*</c> asks for values.</summary>
internal static class ResourceApi
{
    private const int LinesAtOnce = 1000;

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/resources", (IApplication application) => application.Resources.Select(resource => Json(resource, [])));
        routes.MapGet("/api/resources/{resource}", (HttpContext context, IApplication application, string resource) =>
            application.Resource(resource) is { } known ? Results.Json(Json(known, [.. context.Request.Query["show"].OfType<string>()])) : Answer.NoResource(resource, application));
        routes.MapGet("/api/resources/{resource}/console", (IApplication application, string resource, int after = 0, int limit = LinesAtOnce) =>
        {
            if (application.Resource(resource) is not { } known)
            {
                return Answer.NoResource(resource, application);
            }

            var lines = application.ConsoleOf(known.Id, Math.Max(0, after)).Take(Math.Clamp(limit, 1, LinesAtOnce)).ToArray();
            return Results.Json(new { lines, next = lines is [.., { } last] ? last.Number : after });
        });
    }

    private static object Json(ResourceView resource, IReadOnlyCollection<string> shown) => new
    {
        resource.Name,
        resource.Id,
        resource.Type,
        resource.State,
        resource.Health,
        resource.ExitCode,
        resource.CreatedAt,
        resource.StartedAt,
        resource.StoppedAt,
        resource.Source,
        resource.IsHidden,
        resource.Urls,
        resource.Commands,
        Properties = Masked(resource.Properties, shown),
        Environment = Masked(resource.Environment, shown),
        resource.HealthReports,
        resource.DependsOn,
        resource.Parameter,
    };

    private static object[] Masked(IEnumerable<PropertyView> values, IReadOnlyCollection<string> shown) =>
        [.. values.Select(value => new { value.Name, Value = value.IsSensitive && !shown.Contains(value.Name) && !shown.Contains("*") ? null : value.Value, value.IsSensitive })];
}
