using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Front;

/// <summary>The one style sheet and the one script. Anonymous, for the login page has them too; there is nothing of the application in them.</summary>
internal static class Assets
{
    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        Map("dashboard.css", "text/css; charset=utf-8");
        Map("dashboard.js", "text/javascript; charset=utf-8");
        routes.MapGet("/health", () => Results.Text("Healthy")).WithMetadata(Open.ToAll);

        void Map(string name, string type)
        {
            using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name)!;
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            var bytes = copy.ToArray();
            routes.MapGet("/" + name, (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "no-cache";
                return Results.Bytes(bytes, type);
            }).WithMetadata(Open.ToAll);
        }
    }
}
