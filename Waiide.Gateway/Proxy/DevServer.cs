using System.Text.RegularExpressions;

namespace Waiide.Gateway.Proxy;

/// <summary>A server of the user's, and how its own addresses read from outside: at its place under the prefix, and nowhere else on the site that it shares with the hub.</summary>
/// <param name="Port">Where it listens on loopback.</param>
/// <param name="Base">Where browsers find it, with a slash at the end, such as /user/ada/proxy/3000/.</param>
/// <param name="SeesBase">True where it gets the path in full (/absproxy/), false where <paramref name="Base"/> is taken off.</param>
internal sealed partial record DevServer(ushort Port, string Base, bool SeesBase)
{
    /// <summary>What it takes for its own host; dev servers refuse names that they do not know, but no such name as this.</summary>
    internal string Host => $"localhost:{Port}";

    /// <summary>
    /// A Location as the browser has to read it: what is meant for the root of the server, by path or by one of its own hosts, leads below its base. Relative ones do so
    /// by themselves, and other sites are other sites.
    /// </summary>
    internal string Location(string location, string publicHost)
    {
        if (Absolute().Match(location) is not { Success: true } match)
        {
            return location.StartsWith('/') ? Below(location) : location;
        }

        var (authority, rest) = (match.Groups["authority"].Value, match.Groups["rest"].Value);
        var path = rest.StartsWith('/') ? rest : "/" + rest;
        var isOurs = authority.Equals(publicHost, StringComparison.OrdinalIgnoreCase);
        if (SeesBase)
        {
            return !isOurs && IsItsOwn(authority) && !path.StartsWith("//", StringComparison.Ordinal) ? path : location;
        }

        return isOurs || IsItsOwn(authority) ? Below(path) : location;
    }

    /// <summary>
    /// A Set-Cookie line that no other server of the site gets to see: its path is at or below the base, it has no Domain. Null where the line has no name: browsers
    /// send those as "value" alone, which then reads like a cookie of any name.
    /// </summary>
    internal string? SetCookie(string line)
    {
        var parts = line.Split(';');
        if (parts[0].IndexOf('=') is < 1 || parts[0].Split('=')[0].Trim().Length == 0)
        {
            return null;
        }

        // The last one counts: https://www.rfc-editor.org/rfc/rfc6265#section-5.3. Without one the browser takes the folder of the request, which is below the base.
        var path = parts.Skip(1).LastOrDefault(part => Attribute(part) == "path")?.Split('=', 2).ElementAtOrDefault(1)?.Trim();
        var others = parts.Where((part, index) => index == 0 || Attribute(part) is not ("path" or "domain"));
        return string.Join(';', path is ['/', ..] ? others.Append(" Path=" + CookiePath(path)) : others);
    }

    // Letter by letter, as browsers compare the paths of cookies.
    private string CookiePath(string path) =>
        path.StartsWith(Base, StringComparison.Ordinal) || path == Base[..^1] ? path : SeesBase ? Base : string.Concat(Base, path.AsSpan(1));

    // A server that heeds X-Forwarded-Prefix has put the base there itself.
    private string Below(string path) =>
        SeesBase || RawTarget.After(path, Base) is not null || RawTarget.After(path + "/", Base) is not null ? path : string.Concat(Base, path.AsSpan(1));

    private bool IsItsOwn(string authority) => Own().Match(authority) is { Success: true } match && match.Groups["port"].Value == (match.Groups["port"].Success ? $"{Port}" : Port == 80 ? "" : "-");

    private static string Attribute(string part) => part.Split('=')[0].Trim().ToLowerInvariant();

    // "http://localhost:3000/login?next=/", "//hub.example.org"; browsers read a backslash there as a slash.
    [GeneratedRegex(@"^(https?:)?[/\\]{2}(?<authority>[^/\\?#]+)(?<rest>.*)\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Absolute();

    [GeneratedRegex(@"^(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:(?<port>[0-9]+))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Own();
}
