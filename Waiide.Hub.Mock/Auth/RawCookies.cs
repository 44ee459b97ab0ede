namespace Waiide.Hub.Mock.Auth;

/// <summary>Cookies as the client sent them. A name may come twice, once per path, and nothing but its value tells which is ours.</summary>
internal static class RawCookies
{
    public static IEnumerable<string> Values(HttpRequest request, string name) => request.Headers.Cookie
        .SelectMany(header => (header ?? "").Split(';'))
        .Select(cookie => cookie.Split('=', 2))
        .Where(pair => pair.Length == 2 && pair[0].Trim() == name)
        .Select(pair => pair[1].Trim().Trim('"'));
}
