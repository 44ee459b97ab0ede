namespace Waiide.Hub.Mock.Auth;

/// <summary>The hub's address as the browser has it, though something in front of the hub may have ended the TLS.</summary>
internal static class BrowserProtocol
{
    public static bool IsHttps(HttpRequest request, HubOptions options) => Origin(request, options).StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Scheme, host and port.</summary>
    public static string Origin(HttpRequest request, HubOptions options) =>
        options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{Forwarded(request) ?? request.Scheme}://{request.Host}";

    // Proxies append, so the browser's own protocol is the leftmost. Believing a lie costs the liar a cookie and nobody else anything.
    private static string? Forwarded(HttpRequest request) => new[]
        {
            // Forwarded: for=192.0.2.1;proto=https, for=10.0.0.1
            Leftmost(request, "Forwarded").Split(';', StringSplitOptions.TrimEntries).FirstOrDefault(field => field.StartsWith("proto=", StringComparison.OrdinalIgnoreCase))?["proto=".Length..],
            Leftmost(request, "X-Scheme"),
            Leftmost(request, "X-Forwarded-Proto"),
        }
        .Select(protocol => protocol?.ToLowerInvariant())
        .FirstOrDefault(protocol => protocol is "http" or "https");

    private static string Leftmost(HttpRequest request, string header) => request.Headers[header].ToString().Split(',')[0].Trim();
}
