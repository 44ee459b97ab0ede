using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Hub.Mock.Front;

/// <summary>Refuses requests whose end the proxy and a server behind it could see in different places: the rest of one would be another, in somebody else's name.</summary>
internal static class OneReading
{
    /// <summary>Why the request is refused; null if it can be read in one way only.</summary>
    public static string? Objection(HttpContext context)
    {
        var headers = context.Request.Headers;
        var isChunked = headers.ContainsKey("Transfer-Encoding");

        // https://www.rfc-editor.org/rfc/rfc9112#section-6.1. Kestrel has put the length aside under this name.
        return isChunked && headers.ContainsKey("X-Content-Length") ? "The request has both a Transfer-Encoding and a Content-Length."
            : isChunked && HttpProtocol.IsHttp10(context.Request.Protocol) ? "HTTP/1.0 has no Transfer-Encoding."
            // What follows an upgrade is no HTTP; a body before it would be the server's first words, or its next request.
            : headers.ContainsKey("Upgrade") && (isChunked || context.Request.ContentLength > 0) ? "A request for an upgrade has no body."
            : IsUpgrade(context) && !headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase) ? "The proxy upgrades to websocket only."
            : null;
    }

    /// <summary>Whether the request wants to become a WebSocket.</summary>
    public static bool IsUpgrade(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };
}
