namespace Waiide.Hub.Mock.Auth;

/// <summary>Where to go after the login: only ever to a path of ours, whatever ?next= says.</summary>
internal static class NextUrl
{
    /// <summary>The path, or null if it could lead anywhere else.</summary>
    /// <param name="origin">Scheme, host and port of this hub, which an address may start with.</param>
    public static string? Validate(string? next, HubOptions options, string origin)
    {
        if (next is not null && next.StartsWith(origin + "/", StringComparison.OrdinalIgnoreCase))
        {
            next = next[origin.Length..];
        }

        // Browsers take backslashes for slashes, drop tabs and newlines, and send anything beyond ASCII percent-encoded.
        if (next is null || !next.StartsWith(options.BaseUrl, StringComparison.Ordinal) || next.Contains('\\') || next.Any(letter => letter is <= ' ' or > '~'))
        {
            return null;
        }

        // "//host" is an address; so it is for whoever decodes once too often.
        var decoded = Uri.UnescapeDataString(HubPaths.PathOf(next)).Replace('\\', '/');
        if (decoded.StartsWith("//", StringComparison.Ordinal))
        {
            return null;
        }

        // A server's path goes by way of the hub, which knows whether the server runs.
        return next.StartsWith(options.BaseUrl + "user/", StringComparison.Ordinal) ? options.HubPrefix + next[options.BaseUrl.Length..] : next;
    }
}
