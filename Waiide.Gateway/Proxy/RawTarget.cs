using System.Buffers;
using System.Globalization;

namespace Waiide.Gateway.Proxy;

/// <summary>The request's target as it stood on the wire: what goes to an upstream is cut from it and never encoded anew, which would turn %2F into %252F.</summary>
internal static class RawTarget
{
    private static readonly SearchValues<char> Ambiguous = SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl), '\\', '#']);

    /// <summary>
    /// What follows <paramref name="prefix"/> (which ends in a slash), from that slash on. Null where the target does not begin with the prefix, or has "." or ".."
    /// among its segments, or a backslash, "#" or control character: whoever reads it next might take those for another path than the one that was authorized.
    /// Browsers and curl resolve or encode them first.
    /// </summary>
    internal static string? After(string rawTarget, string prefix)
    {
        var target = OriginForm(rawTarget);
        if (target is null || HasDotSegments(target) || PathOf(target).ContainsAny(Ambiguous))
        {
            return null;
        }

        // The two may be spelled differently ("@" and "%40", "%c3" and "%C3"), so they are compared byte by byte as they decode.
        var (at, wanted) = (0, 0);
        while (wanted < prefix.Length)
        {
            if (at >= target.Length || Next(target, ref at) != Next(prefix, ref wanted))
            {
                return null;
            }
        }

        return target[(at - 1)..];
    }

    /// <summary>The target's path, without its query.</summary>
    internal static ReadOnlySpan<char> PathOf(string target) => target.AsSpan(0, target.IndexOf('?') is >= 0 and var end ? end : target.Length);

    /// <summary>The target without the query parameter <paramref name="name"/> where its value is <paramref name="value"/>; all else stays as it was spelled.</summary>
    internal static string WithoutParameter(string target, string name, string value)
    {
        var path = PathOf(target);
        if (path.Length == target.Length)
        {
            return target;
        }

        var parameters = target[(path.Length + 1)..].Split('&');
        var kept = parameters.Where(parameter => !IsThat(parameter)).ToArray();
        return kept.Length == parameters.Length ? target : kept.Length == 0 ? path.ToString() : $"{path}?{string.Join('&', kept)}";

        bool IsThat(string parameter) =>
            parameter.Split('=', 2) is [var key, var text] && Uri.UnescapeDataString(key) == name && Uri.UnescapeDataString(text.Replace('+', ' ')) == value;
    }

    // "GET http://host/path" is allowed (https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2); "*" and "host:port" have no path.
    private static string? OriginForm(string rawTarget)
    {
        if (rawTarget.StartsWith('/'))
        {
            return rawTarget;
        }

        var authority = rawTarget.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : rawTarget.IndexOf('/', authority + 3);
        return path < 0 ? null : rawTarget[path..];
    }

    private static bool HasDotSegments(string target)
    {
        var path = PathOf(target);
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.Length is > 0 and <= 6 && segment[0] is '.' or '%' && segment.ToString().Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")
            {
                return true;
            }
        }

        return false;
    }

    // The next byte of a path; an encoded slash is told from one that separates segments.
    private static int Next(string path, ref int at)
    {
        var character = path[at++];
        if (character != '%' || at + 2 > path.Length || !byte.TryParse(path.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, null, out var value))
        {
            return character;
        }

        at += 2;
        return value == '/' ? -1 : value;
    }
}
