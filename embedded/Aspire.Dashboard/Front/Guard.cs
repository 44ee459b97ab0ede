using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Front;

/// <summary>What keeps other pages of the same browser away from this machine's own.</summary>
internal static class Guard
{
    // 'unsafe-inline' is for neither: every style and script is ours and a file.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Refuses names that anybody may point at this machine (DNS rebinding), changes that another page asks for, and what comes through a proxy: that changes Host and Origin, so the two prove nothing.</summary>
    public static void UseOwnHostOnly(this WebApplication app) => app.Use((context, next) =>
    {
        var host = context.Request.Host;
        var isOwn = host.Host is "localhost" or "127.0.0.1" or "[::1]" || host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        var origin = context.Request.Headers.Origin.ToString();
        var isForeign = origin.Length > 0 && origin != $"{context.Request.Scheme}://{host}";
        if (isOwn && !isForeign && !context.Request.Headers.Keys.Any(IsOfAProxy))
        {
            return next(context);
        }

        context.Response.StatusCode = isOwn ? StatusCodes.Status403Forbidden : StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    });

    private static bool IsOfAProxy(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || header.Equals("Via", StringComparison.OrdinalIgnoreCase);

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        // The first address has the token in it, so nobody else may learn it; with no-referrer a form of ours would come as from "null".
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return next(context);
    });
}
