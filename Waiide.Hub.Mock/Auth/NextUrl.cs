namespace Waiide.Hub.Mock.Auth;

/// <summary>Where to go after the login: only ever to a path of ours, whatever ?next= says.</summary>
internal static class NextUrl
{
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
