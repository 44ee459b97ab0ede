namespace Waiide.Hub.Mock.Auth;

/// <summary>How a hub before 4.0 tells its own pages from forged requests: browsers say where a request comes from, and a page of the hub's is the only good answer.</summary>
internal static class RefererRule
{
    /// <summary>Whether a page below the hub's prefix sent the request; one that says nothing was sent by no page. Posts to the API have to be JSON, which forms are not.</summary>
    public static bool IsFromHub(HttpRequest request, HubOptions options) =>
        Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var referer)
        && Uri.TryCreate(BrowserProtocol.Origin(request, options), UriKind.Absolute, out var origin)
        && Uri.Compare(referer, origin, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
        && (referer.AbsolutePath + "/").StartsWith(options.HubPrefix, StringComparison.Ordinal)
        && !(IsForm(request) && HubPaths.IsApi(options, request.HttpContext.RawPath()));

    /// <summary>Refuses an answer to a question that was not asked on the very same address.</summary>
    public static void CheckSamePage(HttpRequest request, HubOptions options)
    {
        var (origin, referer) = (BrowserProtocol.Origin(request, options), request.Headers.Referer.ToString());
        if (origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !referer.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Not allowing authorization form submitted from insecure page");
        }

        // Without the protocol: a proxy that ends the TLS need not have said so.
        if (WithoutProtocol(referer) != WithoutProtocol(origin) + request.HttpContext.RawTarget())
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Authorization form must be sent from authorization page");
        }
    }

    private static bool IsForm(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentType is { Length: > 0 } type
        && !type.Split(';').Any(part => part.TrimStart().StartsWith("application/json", StringComparison.OrdinalIgnoreCase));

    private static string WithoutProtocol(string url) => url.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? url[(at + "://".Length)..] : url;
}
