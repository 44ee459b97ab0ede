using System.Text.RegularExpressions;

namespace Waiide.Tests.Conformance;

/// <summary>
/// Everything that is not compared word for word, with the reason: the whole list, here and in docs/hub-conformance.md.
/// What it does not name has to be equal.
/// </summary>
internal static partial class Normalised
{
    /// <summary>JSON values that are new on each run: their form is compared, and that equal ones stay equal.</summary>
    public static IReadOnlyDictionary<string, Regex> Secrets { get; } = new Dictionary<string, Regex>
    {
        ["token"] = Hex32(),
        ["access_token"] = Letters30(),
        ["session_id"] = Hex32(),
        ["id"] = TokenId(),
        ["token_id"] = TokenId(),
        ["pid"] = Number(),
    };

    /// <summary>JSON values that are moments.</summary>
    public static IReadOnlyList<string> Times { get; } = ["created", "started", "last_activity"];

    /// <summary>Moments that lie ahead.</summary>
    public static IReadOnlyList<string> Expiries { get; } = ["expires_at"];

    /// <summary>JSON values that name the software that answers.</summary>
    public static IReadOnlyList<string> Software { get; } = ["python", "sys_executable", "class"];

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

    /// <summary>Headers that our hub sends although the real one does not, with the only value they may have and where; browsers are held tighter by them, and clients see no difference.</summary>
    public static IReadOnlyDictionary<string, (string Value, string Where)> Further { get; } = new Dictionary<string, (string Value, string Where)>(StringComparer.OrdinalIgnoreCase)
    {
        ["X-Content-Type-Options"] = ("nosniff", "every answer"),
        ["Cross-Origin-Opener-Policy"] = ("noopener-allow-popups", "every answer"),
        ["Cache-Control"] = ("no-store", "pages for who is signed in"),
    };

    /// <summary>Directives that pages may have in Content-Security-Policy beyond the recorded ones, which all have to be there; the real hub's pages have none of them.</summary>
    public static IReadOnlyList<string> FurtherDirectives { get; } = ["default-src", "script-src", "style-src", "img-src", "connect-src", "form-action", "base-uri"];

    /// <summary>Pages are not compared, but that they are pages; these also have to have a form to fill in.</summary>
    public static IReadOnlyList<string> Forms { get; } = ["203-login-page", "204-login-post-bad", "272-admin-authorize-confirm-page", "022-login-page"];

    /// <summary>The list as docs/hub-conformance.md has it: what, and how far it is compared all the same.</summary>
    public static IReadOnlyList<(string What, string How)> List { get; } =
    [
        (Names(Secrets.Keys), "new on each run: the form is compared, and that equal ones stay equal: a token that a later request uses is the one that was given out, a session_id is the cookie's"),
        (Names(Times), "moments: null or not, and their form; one that a request told comes back to the microsecond"),
        (Names(Expiries) + ", `expires` of cookies", "by how much they lie ahead, to a minute; of a cookie that is cleared, that it is over"),
        ("ports after `127.0.0.1:`, `code=` in `Location`, the values of cookies", "new on each run, as above"),
        (Names(Software), "name the software that answers, which is another: that it is a text"),
        ("`scopes` of a token, `scope`, `api_tokens`, the scopes in *Not assigning requested scopes*", "without order, because the real hub keeps them in sets"),
        ("keep-alives of an event stream", "whether it begins with one, not how many follow"),
        ("pages", "that it is a page and, where a person has to answer, that it has a form"),
    ];

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

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));
}
