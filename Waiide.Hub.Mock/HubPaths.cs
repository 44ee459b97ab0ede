using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Hub.Mock;

/// <summary>Paths as JupyterHub sees them: raw, exact to the last slash and letter, and below its own prefix.</summary>
internal static class HubPaths
{
    /// <summary>The target of the request as the client wrote it: path and query, without scheme and host.</summary>
    public static string RawTarget(this HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/') || target.IndexOf("://", StringComparison.Ordinal) is not (var scheme and > 0))
        {
            return target;
        }

        // The absolute form, which proxies get: GET http://host/path.
        var path = target.AsSpan(scheme + 3).IndexOfAny("/?#");
        return path < 0 ? "/" : target[scheme + 3 + path] == '/' ? target[(scheme + 3 + path)..] : "/" + target[(scheme + 3 + path)..];
    }

    /// <summary>The path in <see cref="RawTarget"/>, still percent-encoded.</summary>
    public static string RawPath(this HttpContext context) => PathOf(context.RawTarget());

    public static string PathOf(string target) => target.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? target[..query] : target;

    /// <summary>Whether errors on this path are JSON: the API, but for the pages and probes that live below it.</summary>
    public static bool IsApi(HubOptions options, string path)
    {
        var api = options.HubPrefix + "api";
        return path == api || (path.StartsWith(api + "/", StringComparison.Ordinal) && path[api.Length..] is not ("/oauth2/authorize" or "/health" or "/metrics"));
    }

    /// <summary>Whether this is where the API tells its version.</summary>
    public static bool IsApiRoot(HubOptions options, string path) => path.TrimEnd('/') == options.HubPrefix + "api";

    /// <summary>Sends everything outside the hub's prefix into it, as JupyterHub does with what its proxy has no route for.</summary>
    public static IApplicationBuilder UseHubPrefix(this IApplicationBuilder app, HubOptions options) => app.Use(async (context, next) =>
    {
        var target = context.RawTarget();
        var path = PathOf(target);
        if (path.StartsWith(options.HubPrefix, StringComparison.Ordinal))
        {
            await next(context);
        }
        else if (!HttpMethods.IsGet(context.Request.Method))
        {
            throw new HubError(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
        }
        else if (path + "/" == options.HubPrefix)
        {
            await Answer.Redirect(options.HubPrefix, StatusCodes.Status301MovedPermanently).ExecuteAsync(context);
        }
        else
        {
            var inside = target.StartsWith(options.BaseUrl, StringComparison.Ordinal) ? target[options.BaseUrl.Length..] : target;
            await Answer.Redirect(options.HubPrefix + inside.TrimStart('/')).ExecuteAsync(context);
        }
    });

    /// <summary>Answers 404 and 405 before anyone is asked who they are; the router alone would take /HUB/API/user/ for /hub/api/user.</summary>
    public static IApplicationBuilder UseExactPaths(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        switch (context.GetEndpoint())
        {
            case RouteEndpoint endpoint when IsExact(endpoint, context.RawPath()):
                await next(context);
                break;
            case null or RouteEndpoint:
                throw new HubError(StatusCodes.Status404NotFound, "Not Found");
            // What the router makes of a path that it knows, in its own way, with another method.
            default:
                var isKnown = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Any(endpoint => IsExact(endpoint, context.RawPath()));
                throw isKnown
                    ? new HubError(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed")
                    : new HubError(StatusCodes.Status404NotFound, "Not Found");
        }
    });

    private static bool IsExact(RouteEndpoint endpoint, string path)
    {
        var wanted = endpoint.RoutePattern.RawText!.Split('/');
        var given = path.Split('/');
        for (var i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].StartsWith("{**", StringComparison.Ordinal))
            {
                return true;
            }

            // A pattern that ends with a slash is meant without it too: /hub/api/. But behind servers/ it is a server's empty name that ends.
            if (i >= given.Length)
            {
                return wanted[i].Length == 0 && wanted[i - 1] != "servers";
            }

            if (!wanted[i].StartsWith('{') && wanted[i] != given[i])
            {
                return false;
            }
        }

        return wanted.Length == given.Length;
    }
}
