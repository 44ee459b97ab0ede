using System.Buffers;
using System.Globalization;
using System.Text;

namespace Waiide.Hub.Mock.Front;

/// <summary>
/// The target of a request as configurable-http-proxy reads it, which is as browsers read a URL (https://url.spec.whatwg.org/#url-parsing): for the choice of a
/// route, and for the server. Both come from one reading, so that the server sees no other path than the one that chose it.
/// </summary>
/// <param name="RoutePath">The path that routes are compared with: dot segments resolved, percent-encoding undone.</param>
/// <param name="Forwarded">The path and query that the server gets: byte for byte what came, but for dot segments, backslashes and what a URL cannot hold.</param>
internal readonly record struct ProxyTarget(string RoutePath, string Forwarded)
{
    private const string NotInPaths = "\"<>`{}";
    private const string NotInQueries = "\"<>'";

    // Whatever makes the two differ from what came, but for a percent sign.
    private static readonly SearchValues<char> Special = SearchValues.Create("\\#.'" + NotInPaths);

    /// <summary>Reads a target without scheme and host; throws <see cref="FormatException"/> where configurable-http-proxy fails.</summary>
    public static ProxyTarget Read(string target)
    {
        var isPlain = target.StartsWith('/') && !target.StartsWith("//", StringComparison.Ordinal) && !target.EndsWith('?') && !target.AsSpan().ContainsAny(Special)
            && !target.Contains("%2e", StringComparison.OrdinalIgnoreCase);
        if (isPlain)
        {
            return new(PercentEncoding.Decode(HubPaths.PathOf(target)), target);
        }

        var whole = target.Split('#')[0]; // Nobody sends a fragment who means one.
        var path = HubPaths.PathOf(whole);
        var query = whole[path.Length..].TrimStart('?').Length == 0 ? "" : Encode(whole[path.Length..], NotInQueries);
        var resolved = Resolve(AfterAuthority(path));

        // Its library takes two slashes at the start for a path when it forwards, though it took them for a host when it chose the route.
        var forwarded = path.StartsWith("//", StringComparison.Ordinal) ? Resolve(path) : resolved;
        return new(PercentEncoding.Decode(resolved), Encode(forwarded, NotInPaths) + query);
    }

    /// <summary>Dot segments resolved, written as %2e too; backslashes are slashes.</summary>
    internal static string Resolve(string path)
    {
        var segments = new List<string>();
        var given = path.Replace('\\', '/').Split('/')[1..];
        for (var i = 0; i < given.Length; i++)
        {
            var dots = given[i].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (dots == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }

            // What ends with dots names a folder: /a/b/.. is /a/.
            if (dots is not ("." or ".."))
            {
                segments.Add(given[i]);
            }
            else if (i == given.Length - 1)
            {
                segments.Add("");
            }
        }

        return "/" + string.Join('/', segments);
    }

    // //host/path and /\host/path name a host, in a URL.
    private static string AfterAuthority(string path)
    {
        var host = path.AsSpan().TrimStart("/\\");
        if (path.Length - host.Length < 2)
        {
            return path.StartsWith('/') ? path : "/" + path; // OPTIONS *
        }

        var end = host.IndexOfAny('/', '\\');
        return host.IsEmpty ? throw new FormatException("The target has a host that is empty.") : end < 0 ? "/" : host[end..].ToString();
    }

    private static string Encode(string text, string forbidden)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            _ = forbidden.Contains(letter) ? encoded.Append('%').Append(((int)letter).ToString("X2", CultureInfo.InvariantCulture)) : encoded.Append(letter);
        }

        return encoded.ToString();
    }
}
