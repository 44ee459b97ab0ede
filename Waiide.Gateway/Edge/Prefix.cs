namespace Waiide.Gateway.Edge;

/// <summary>Takes the prefix off the path, so that endpoints are written without it; what is outside has no endpoint but the health checks.</summary>
internal static class Prefix
{
    /// <summary>
    /// Matched on the decoded path, because browsers and proxies write "@", "+" and "%c3" in more than one way, and letter by letter, because /USER/ada/ is
    /// somebody else. Cookies and redirects use the raw prefix: encoding a decoded one would not give it back.
    /// </summary>
    internal static void UsePrefix(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        var legacyAddresses = app.Services.GetRequiredService<LegacyAddresses>();
        var pathBase = Uri.UnescapeDataString(options.Prefix).TrimEnd('/');
        if (pathBase.Length == 0)
        {
            return;
        }

        var addSlash = new Endpoint(AddSlash, new EndpointMetadataCollection(new AllowAnonymous()), "The prefix without its slash");
        var outside = new Endpoint(Outside, new EndpointMetadataCollection(new AllowAnonymous()), "Outside the prefix");
        app.Use((context, next) =>
        {
            var path = context.Request.Path.Value!;
            if (path.StartsWith(pathBase, StringComparison.Ordinal) && path.AsSpan(pathBase.Length) is ['/', ..])
            {
                context.Request.PathBase = pathBase;
                context.Request.Path = path[pathBase.Length..];
            }
            else if (path is not ("/health" or "/alive"))
            {
                context.SetEndpoint(path == pathBase ? addSlash : outside);
            }

            return next(context);
        });

        Task AddSlash(HttpContext context)
        {
            context.Response.Redirect(options.Prefix + context.Request.QueryString);
            return Task.CompletedTask;
        }

        Task Outside(HttpContext context)
        {
            if (legacyAddresses.Redirect(context) is { } legacy)
            {
                return legacy.ExecuteAsync(context);
            }

            var link = options.Hub?.FrontOf(options.Prefix) ?? options.Prefix;
            return Refusal.Of(
                context.Request,
                StatusCodes.Status404NotFound,
                "There is nothing here",
                $"This server is at {link}",
                $"<p><a href=\"{HtmlPage.Encode(link)}\">Open it there</a></p>").ExecuteAsync(context);
        }
    }

    private sealed class AllowAnonymous : Microsoft.AspNetCore.Authorization.IAllowAnonymous;
}
