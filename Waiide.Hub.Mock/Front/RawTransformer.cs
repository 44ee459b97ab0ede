using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Hub.Mock.Front;

/// <summary>Forwards what came as it came: this target byte for byte, the Host, and the X-Forwarded-* headers already appended. Of what comes back, it withholds what would reach beyond the route.</summary>
internal sealed class RawTransformer(string target, FrontRoute route) : HttpTransformer
{
    // A Uri would rewrite %2F and %41 and resolve dots otherwise.
    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = new Uri(destinationPrefix + target, Untouched);
        proxyRequest.Headers.Host = httpContext.Request.Headers.Host;

        // The forwarder takes this for a header between neighbours, which it is not; and trailers it does not forward, so nobody should expect any.
        if (httpContext.Request.Headers.UpgradeInsecureRequests is { Count: > 0 } secure)
        {
            proxyRequest.Headers.TryAddWithoutValidation("Upgrade-Insecure-Requests", (IEnumerable<string?>)secure);
        }

        proxyRequest.Headers.Remove("Trailer");

        // Nor is the end of a connection more than the neighbour's business, but configurable-http-proxy hands it on, and servers can tell.
        proxyRequest.Headers.ConnectionClose = !OneReading.IsUpgrade(httpContext)
            && httpContext.Request.Headers.GetCommaSeparatedValues("Connection").Contains("close", StringComparer.OrdinalIgnoreCase);
    }

    // configurable-http-proxy passes all of it on. Every server is of one origin with the hub, though: one that gives its service worker the whole of it, or the browser another login, has whoever opens it.
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var hasBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var headers = httpContext.Response.Headers;
        if (headers.ContainsKey("Service-Worker-Allowed"))
        {
            headers["Service-Worker-Allowed"] = route.RouteSpec;
        }

        if (route.IsBelowUser && headers.SetCookie.Count > 0)
        {
            headers.SetCookie = headers.SetCookie.OfType<string>().Select(ForBrowser).OfType<string>().ToArray();
        }

        return hasBody;
    }

    /// <summary>The cookie as the browser gets it; null: not at all.</summary>
    private string? ForBrowser(string cookie)
    {
        var parts = cookie.Split(';');
        switch (parts[0].Split('=')[0].Trim())
        {
            case "jupyterhub-hub-login" or "jupyterhub-session-id":
                return null;

            // Jupyter's own servers set theirs for the whole origin, and look for it below their prefix only.
            case "_xsrf":
                var paths = parts.Where(part => part.Split('=')[0].Trim().Equals("path", StringComparison.OrdinalIgnoreCase)).ToArray(); // "Path =/" counts, too.
                return paths is [var only] && only[(only.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().StartsWith(route.RouteSpec, StringComparison.Ordinal)
                    ? cookie
                    : $"{string.Join(';', parts.Except(paths))}; Path={route.RouteSpec}";

            default:
                return cookie;
        }
    }
}
