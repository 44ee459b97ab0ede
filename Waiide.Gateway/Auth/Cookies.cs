
namespace Waiide.Gateway.Auth;

/// <summary>Our cookies on the wire: read from every place where a browser may have put them, written with the raw prefix as their path.</summary>
internal sealed class Cookies(GatewayOptions options)
{
    /// <summary>All values that came under <paramref name="name"/>: a page on a parent path can add one of its own, and the first need not be ours.</summary>
    internal static IEnumerable<string> Values(HttpRequest request, string name) => All(request).Where(cookie => cookie.Name == name).Select(cookie => cookie.Value);

    internal void Set(HttpContext context, string name, string value, TimeSpan lifetime) =>
        context.Response.Headers.Append("Set-Cookie", $"{name}={value}; Max-Age={(long)lifetime.TotalSeconds}; {Attributes(context)}");

    internal void Clear(HttpContext context, string name) =>
        context.Response.Headers.Append("Set-Cookie", $"{name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; {Attributes(context)}");

    // Lax, so that the way back from the hub's login carries them. "None" would need https, which not every hub has.
    // A __Host- cookie is only taken with Secure and the path "/".
    private string Attributes(HttpContext context) => options.Hub is { CookieHostPrefix: true }
        ? "Path=/; HttpOnly; SameSite=Lax; Secure"
        : $"Path={options.Prefix}; HttpOnly; SameSite=Lax{(PublicScheme.IsHttps(context) ? "; Secure" : "")}";

    internal static IEnumerable<(string Name, string Value)> All(HttpRequest request) =>
        from header in request.Headers.Cookie
        from pair in (header ?? "").Split(';', StringSplitOptions.TrimEntries)
        let at = pair.IndexOf('=', StringComparison.Ordinal)
        where at > 0
        select (pair[..at], pair[(at + 1)..]);
}
