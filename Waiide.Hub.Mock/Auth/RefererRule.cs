namespace Waiide.Hub.Mock.Auth;

/// <summary>How a hub before 4.0 tells its own pages from forged requests: browsers say where a request comes from, and a page of the hub's is the only good answer. Who says nothing gives none.</summary>
internal static class RefererRule
{
    /// <summary>Whether the API may take the request's cookie. Posts have to be JSON, which forms are not.</summary>
    public static bool AllowsApi(HttpRequest request, HubOptions options) =>
        Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var referer)
        && Uri.TryCreate(BrowserProtocol.Origin(request, options), UriKind.Absolute, out var origin)
        && Uri.Compare(referer, origin, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
        && (referer.AbsolutePath + "/").StartsWith(options.HubPrefix, StringComparison.Ordinal)
        && !IsForm(request);

    /// <summary>Refuses a form that no page of the hub's sent; real hubs of that age took all but one.</summary>
    public static void CheckPage(HttpRequest request, HubOptions options)
    {
        if (!Referer(request, options).StartsWith(WithoutProtocol(BrowserProtocol.Origin(request, options)) + options.HubPrefix, StringComparison.Ordinal))
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Forms must be sent from pages of the hub");
        }
    }

    /// <summary>Refuses an answer to a question that was not asked on the very same address.</summary>
    public static void CheckSamePage(HttpRequest request, HubOptions options)
    {
        if (Referer(request, options) != WithoutProtocol(BrowserProtocol.Origin(request, options)) + request.HttpContext.RawTarget())
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Authorization form must be sent from authorization page");
        }
    }

    // Without the protocol: a proxy that ends the TLS need not have said so. What is known to be safe takes nothing from what is not.
    private static string Referer(HttpRequest request, HubOptions options)
    {
        var referer = request.Headers.Referer.ToString();
        return BrowserProtocol.IsHttps(request, options) && !referer.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            ? throw new HubError(StatusCodes.Status403Forbidden, "Not allowing authorization form submitted from insecure page")
            : WithoutProtocol(referer);
    }

    private static bool IsForm(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentType is { Length: > 0 } type
        && !type.Split(';').Any(part => part.TrimStart().StartsWith("application/json", StringComparison.OrdinalIgnoreCase));

    private static string WithoutProtocol(string url) => url.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? url[(at + "://".Length)..] : url;
}
