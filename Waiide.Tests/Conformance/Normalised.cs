using System.Text.RegularExpressions;

namespace Waiide.Tests.Conformance;

/// <summary>
/// Everything that is not compared word for word, with the reason: the whole list, here and in docs/hub-conformance.md.
/// What it does not name has to be equal.
/// </summary>
internal static partial class Normalised
{
    /// <summary>
    /// JSON values that are new on each run: what they look like is compared, and that equal ones stay equal. A token that the recording uses again
    /// has to be the one that was given out, a session_id the one of the cookie.
    /// </summary>
    public static IReadOnlyDictionary<string, Regex> Secrets { get; } = new Dictionary<string, Regex>
    {
        ["token"] = Hex32(),
        ["access_token"] = Letters30(),
        ["session_id"] = Hex32(),
        ["id"] = TokenId(),
        ["token_id"] = TokenId(),
        ["pid"] = Number(),
    };

    /// <summary>JSON values that are moments: null or not, and written as the hub writes them. One that a request told is compared to the microsecond.</summary>
    public static IReadOnlyList<string> Times { get; } = ["created", "started", "last_activity"];

    /// <summary>Moments that lie ahead: also by how much, to a minute. So do the expires of cookies.</summary>
    public static IReadOnlyList<string> Expiries { get; } = ["expires_at"];

    /// <summary>JSON values whose parts have no order in the real hub either, because it keeps them in sets.</summary>
    public static IReadOnlyList<string> Unordered { get; } = ["scopes of a token", "scope", "api_tokens", "message (Not assigning requested scopes …)"];

    /// <summary>JSON values that name the software that answers, which is another here.</summary>
    public static IReadOnlyList<string> Software { get; } = ["python", "sys_executable", "class"];

    /// <summary>Parts of texts (Location, messages, cookies, addresses) that are new on each run, treated as secrets are.</summary>
    public static IReadOnlyList<string> InTexts { get; } = ["127.0.0.1:port", "code=", "value of a cookie"];

    /// <summary>Headers of recorded answers that are not compared. Every other header is, both ways: missing, further or different.</summary>
    public static IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Server"] = "names the web server, which is another here",
        ["Date"] = "the time",
        ["Connection"] = "about the connection, not about the answer",
        ["Transfer-Encoding"] = "how the body travelled; it is read either way",
        ["Content-Length"] = "the body is compared, as JSON",
        ["Etag"] = "a hash of the body's bytes, whose keys the real hub writes in random order",
    };

    /// <summary>Headers that our hub sends although the real one does not, with the only value they may have; browsers are held tighter by them, and clients see no difference.</summary>
    public static IReadOnlyDictionary<string, string> Further { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["X-Content-Type-Options"] = "nosniff",
    };

    /// <summary>Directives that pages may have in Content-Security-Policy beyond the recorded ones, which all have to be there; the real hub's pages have none of them.</summary>
    public static IReadOnlyList<string> FurtherDirectives { get; } = ["default-src", "script-src", "style-src", "img-src", "connect-src", "form-action", "base-uri"];

    /// <summary>Pages are not compared, but that they are pages; these also have to have a form to fill in.</summary>
    public static IReadOnlyList<string> Forms { get; } = ["203-login-page", "204-login-post-bad", "272-admin-authorize-confirm-page", "022-login-page"];

    // 2026-11-22T00:29:12.121851Z; without a fraction where there is none to tell.
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$")]
    public static partial Regex Time();

    // The proxy counts in milliseconds: "last_activity": "2026-11-22T00:29:12.211Z".
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    public static partial Regex RouteTime();

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Hex32();

    [GeneratedRegex("^[A-Za-z0-9]{30}$")]
    private static partial Regex Letters30();

    [GeneratedRegex("^a[1-9][0-9]*$")]
    private static partial Regex TokenId();

    [GeneratedRegex("^[1-9][0-9]*$")]
    private static partial Regex Number();
}
