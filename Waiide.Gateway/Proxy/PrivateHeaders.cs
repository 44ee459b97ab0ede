using Microsoft.Extensions.Primitives;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Proxy;

/// <summary>What is between the browser, the hub and the gateway only: no upstream sees it, because a user's own code may be behind any of them.</summary>
internal sealed class PrivateHeaders(GatewayOptions options)
{
    private static readonly string[] PrefixesOfBrowsers = ["__Host-", "__Secure-"];

    private const int LongestPrivate = 32;

    private static readonly string[] HeaderPrefixes = ["x-jupyterhub-", "x-forwarded-", "x-auth-request-"];

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Headers = new HashSet<string>(StringComparer.Ordinal)
    {
        "forwarded", "remote-user", "remote-groups", "remote-email", "remote-name", "x-remote-user", "x-real-ip", "x-original-url", "x-rewrite-url", "x-authenticated-user",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    // Of the hub, of the gateway, of the Aspire dashboard of the same machine, to whose every port a browser sends it, and the IDE server's session, which is the gateway's to give.
    private readonly string[] _cookiePrefixes = ["jupyterhub-", "waiide-", ".AspNetCore.Correlation.", ".Aspire.Dashboard.", IdeSession.CookieName, .. options.Hub is { } hub ? new[] { hub.ClientId } : []];

    /// <summary>
    /// Removes from the request what no upstream may see, and what RFC 9110, section 7.6.1, gives to one connection only: the fields that Connection names.
    /// "token" and "Bearer" are how a hub's token is presented; they stay where <paramref name="mayHaveToken"/> says that this one is none. Basic and the like are a dev server's own business.
    /// </summary>
    internal static void RemoveFrom(HttpRequest request, bool mayHaveToken)
    {
        var headers = request.Headers;
        var nominated = headers.GetCommaSeparatedValues("Connection");
        List<string>? removed = null;
        foreach (var (name, _) in headers)
        {
            if (IsPrivate(name) || (nominated.Length > 0 && nominated.Contains(name, StringComparer.OrdinalIgnoreCase) && !IsNeeded(name)))
            {
                (removed ??= []).Add(name);
            }
        }

        foreach (var name in removed ?? [])
        {
            headers.Remove(name);
        }

        if (!mayHaveToken && headers.Authorization.Count > 0 && headers.Authorization.Any(value => value is not null && (IsScheme(value, "token") || IsScheme(value, "bearer"))))
        {
            headers.Remove("Authorization");
        }
    }

    /// <summary>The Cookie lines without those that are private; the others keep their bytes and their order.</summary>
    internal string[] Cookies(StringValues lines) =>
        lines.Count == 0 ? [] : [.. lines.OfType<string>().Select(WithoutPrivate).Where(line => line.Length > 0)];

    private string WithoutPrivate(string line)
    {
        List<Range>? kept = null;
        foreach (var pair in line.AsSpan().Split(';'))
        {
            var text = line.AsSpan(pair);
            if (!IsPrivateCookie(text[..(text.IndexOf('=') is >= 0 and var end ? end : text.Length)].Trim()))
            {
                (kept ??= []).Add(pair);
            }
        }

        return kept is null ? "" : string.Join(';', kept.Select(pair => line[pair])).TrimStart(' ');
    }

    internal bool IsPrivateCookie(ReadOnlySpan<char> name)
    {
        foreach (var prefix in PrefixesOfBrowsers)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                name = name[prefix.Length..];
            }
        }

        foreach (var prefix in _cookiePrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return name.Equals("_xsrf", StringComparison.OrdinalIgnoreCase);
    }

    // Servers of the CGI kind read X_Forwarded_Host, X.Forwarded.Host and X-Forwarded-Host as one.
    private static bool IsPrivate(string name)
    {
        if (name.Length == 0 || (name[0] | 0x20) is not ('f' or 'r' or 'x'))
        {
            return false; // As all of them begin.
        }

        // The longest prefix and the longest name fit; of a longer one only its prefix can count.
        Span<char> plain = stackalloc char[Math.Min(name.Length, LongestPrivate)];
        for (var at = 0; at < plain.Length; at++)
        {
            plain[at] = char.IsAsciiLetterOrDigit(name[at]) ? char.ToLowerInvariant(name[at]) : '-';
        }

        if (name.Length <= LongestPrivate && Headers.Contains(plain))
        {
            return true;
        }

        foreach (var prefix in HeaderPrefixes)
        {
            if (plain.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    // The forwarder needs these itself: an upgrade names "Upgrade", and a body keeps the length it was announced with.
    private static bool IsNeeded(string name) =>
        name.ToLowerInvariant() is "connection" or "upgrade" or "host" or "content-length" or "transfer-encoding";

    private static bool IsScheme(string authorization, string scheme) =>
        authorization.AsSpan().TrimStart().StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
        && (authorization.AsSpan().TrimStart().Length == scheme.Length || char.IsWhiteSpace(authorization.AsSpan().TrimStart()[scheme.Length]));
}
