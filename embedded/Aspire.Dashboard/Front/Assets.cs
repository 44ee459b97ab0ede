using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Front;

/// <summary>Every style sheet, script and picture of the assembly. Anonymous, for the login page has them too; there is nothing of the application in them.</summary>
internal static class Assets
{
    private static readonly string[] Names = typeof(Assets).Assembly.GetManifestResourceNames();

    public static bool Has(string name) => Names.Contains(name);

    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        foreach (var name in Names)
        {
            var type = Path.GetExtension(name) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                _ => "image/svg+xml",
            };
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

        routes.MapGet("/health", () => Results.Text("Healthy")).WithMetadata(Open.ToAll);
    }
}
