namespace Waiide.Gateway.Auth;

/// <summary>Our cookies on the wire: read from every place where a browser may have put them, written with the raw prefix as their path.</summary>
internal sealed class Cookies(GatewayOptions options)
{
    private const int MostOfAName = 16;

    /// <summary>The values that came under <paramref name="name"/>: a page on a parent path can add one of its own, and the first need not be ours. Of more than a browser has paths and domains for, the rest is a stranger's, and each costs a look.</summary>
    internal static IEnumerable<string> Values(HttpRequest request, string name) => All(request).Where(cookie => cookie.Name == name).Select(cookie => cookie.Value).Take(MostOfAName);

    internal static IEnumerable<(string Name, string Value)> All(HttpRequest request) =>
        from header in request.Headers.Cookie
        from pair in (header ?? "").Split(';', StringSplitOptions.TrimEntries)
        let at = pair.IndexOf('=', StringComparison.Ordinal)
        where at > 0
        select (pair[..at], pair[(at + 1)..]);

    /// <summary>Writes one. What is <paramref name="forTheWayBack"/> from the hub is never Strict: that way can begin at another site, where people sign in to the hub.</summary>
    internal void Set(HttpContext context, string name, string value, TimeSpan lifetime, bool forTheWayBack = false) =>
        context.Response.Headers.Append("Set-Cookie", $"{name}={value}; Max-Age={(long)lifetime.TotalSeconds}; {Attributes(context, forTheWayBack)}");

    // With the same attributes as it was set with: browsers take another path or domain for another cookie, and a __Host- cookie is only touched by one with Secure.
    internal void Clear(HttpContext context, string name) =>
        context.Response.Headers.Append("Set-Cookie", $"{name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; {Attributes(context, forTheWayBack: false)}");

    private string Attributes(HttpContext context, bool forTheWayBack) =>
        Attributes(options.Cookies, options.Hub is { CookieHostPrefix: true } ? null : options.Prefix, PublicScheme.IsHttps(context), options.FrameAncestors is not null, forTheWayBack);

    /// <summary>The attributes that all our cookies have; <paramref name="path"/> is null for the __Host- kind, which browsers take with Secure and the path "/" only.</summary>
    internal static string Attributes(CookieSettings settings, string? path, bool isHttps, bool isFramed, bool forTheWayBack)
    {
        var isSecure = path is null || (settings.Secure ?? isHttps);

        // In a frame on another site only such a cookie is sent at all; it is kept apart for that site. Without Secure browsers refuse it.
        var inFrames = isFramed && isSecure && settings.SameSite is null;

        // Lax, so that the way back from the hub's login carries them. "None" would need https, which not every hub has.
        var sameSite = inFrames ? "None" : settings.SameSite is not { } said || (forTheWayBack && said == "Strict") ? "Lax" : said;
        return $"Path={path ?? "/"}; HttpOnly; SameSite={sameSite}{(settings.Domain is { } domain && path is not null ? "; Domain=" + domain : "")}{(isSecure ? "; Secure" : "")}{(inFrames ? "; Partitioned" : "")}";
    }
}
