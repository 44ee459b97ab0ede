namespace Waiide.Hub.Mock.Auth;

/// <summary>Whether the browser speaks https, though something in front of the hub may have ended the TLS.</summary>
internal static class BrowserProtocol
{
    // Proxies append, so the browser's own protocol is the leftmost. Believing a lie costs the liar a cookie and nobody else anything.
    public static bool IsHttps(HttpRequest request, HubOptions options) => options.PublicUrl is { } url
        ? url.Scheme == Uri.UriSchemeHttps
        : request.IsHttps || request.Headers["X-Forwarded-Proto"].ToString().Split(',')[0].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);
}
