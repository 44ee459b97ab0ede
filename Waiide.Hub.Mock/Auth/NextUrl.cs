namespace Waiide.Hub.Mock.Auth;

/// <summary>Where to go next: only ever to a path of ours, whatever ?next= says.</summary>
internal static class NextUrl
{
    /// <summary>Where the login leads: <see cref="Validate"/>, and an address of ours is a path too. A server's path goes by way of the hub, which knows whether the server runs.</summary>
    public static string? AfterLogin(string? next, HttpRequest request, HubOptions options)
    {
        var origin = BrowserProtocol.Origin(request, options);
        var path = Validate(next?.StartsWith(origin + "/", StringComparison.OrdinalIgnoreCase) is true ? next[origin.Length..] : next, options.BaseUrl);
        return path?.StartsWith(options.BaseUrl + "user/", StringComparison.Ordinal) is true ? options.HubPrefix + path[options.BaseUrl.Length..] : path;
    }

    /// <summary>The path, or null if it could lead anywhere else.</summary>
    public static string? Validate(string? next, string baseUrl)
    {
        // Browsers take backslashes for slashes, drop tabs and newlines, and send anything beyond ASCII percent-encoded.
        if (next is null || !next.StartsWith(baseUrl, StringComparison.Ordinal) || next.Contains('\\') || next.Any(letter => letter is <= ' ' or > '~'))
        {
            return null;
        }

        // "//host" is an address; so it is for whoever decodes once too often.
        var decoded = Uri.UnescapeDataString(HubPaths.PathOf(next)).Replace('\\', '/');
        return decoded.StartsWith("//", StringComparison.Ordinal) ? null : next;
    }
}
