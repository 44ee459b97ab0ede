namespace Waiide.Gateway.Edge;

/// <summary>The response headers that every answer carries, ours and the IDE's alike.</summary>
internal static class SecurityHeaders
{
    internal static void UseSecurityHeaders(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        Func<object, Task> set = state => SetAsync((HttpContext)state, options); // One for all requests.
        app.Use(next => context =>
        {
            context.Response.OnStarting(set, context);
            return next(context);
        });
    }

    private static Task SetAsync(HttpContext context, GatewayOptions options)
    {
        // Set, not added: one copy of each, whatever the upstream sent.
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XXSSProtection = "1; mode=block";
        if (options.FrameAncestors is null)
        {
            headers.XFrameOptions = "SAMEORIGIN";
        }
        else
        {
            headers.Remove("X-Frame-Options"); // It can name no list of origins; frame-ancestors below does.
        }

        // Over plain http it must not be sent: https://www.rfc-editor.org/rfc/rfc6797#section-7.2.
        if (PublicScheme.IsHttps(context))
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
        else
        {
            headers.Remove("Strict-Transport-Security");
        }

        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
        {
            headers.Append("Content-Security-Policy", "frame-ancestors " + FrameAncestors(context.Request.Path, options.FrameAncestors));
        }

        return Task.CompletedTask;
    }

    // The workbench has no business in a frame; the IDE's webviews and the pages of dev servers are frames of the workbench.
    private static string FrameAncestors(PathString path, string? embedders) =>
        embedders is not null ? "'self' " + embedders : path == "/" ? "'none'" : "'self'";
}
