using System.Text.RegularExpressions;

namespace Waiide.ServiceDefaults;

/// <summary>Takes out of a text what must not be recorded: the query of any URL, cookies, and the values of secrets by their usual names.</summary>
internal static partial class Redaction
{
    public static string Of(string text) => Value().Replace(Credentials().Replace(Query().Replace(text, "?*"), "$1*"), "$1*");

    /// <summary>The same for a value that an exporter would turn into text; numbers and the like stay as they are.</summary>
    public static object? Of(object? value) => value switch
    {
        string text => Of(text),
        IEnumerable<string> texts => texts.Select(Of).ToArray(),
        null or IConvertible => value,
        _ => value.ToString() is { } text ? Of(text) : null,
    };

    // "GET /login?token=abc" and a bare "?code=abc", but not the question mark that ends a sentence.
    [GeneratedRegex("""(?<!\s)\?[^\s"'<>]+""")]
    private static partial Regex Query();

    // "Authorization: token abc", "Cookie: a=1; b=2", "Bearer abc".
    [GeneratedRegex("""\b((?:authorization|cookie):\s*|bearer\s+)[^\r\n]+""", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    // "code=abc" in a form, "access_token": "abc" in JSON.
    [GeneratedRegex("""\b((?:code|state)=|\w*(?:token|secret|password)"?\s*[=:]\s*"?)[^\s"'&;,<>]+""", RegexOptions.IgnoreCase)]
    private static partial Regex Value();
}
