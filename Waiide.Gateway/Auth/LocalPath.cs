namespace Waiide.Gateway.Auth;

/// <summary>Where a browser may be sent after the login: to this server only.</summary>
internal static class LocalPath
{
    // Longer ones do not fit into a cookie.
    private const int Longest = 2000;

    /// <summary><paramref name="target"/> (a raw path with query) where it surely leads into the prefix, else the prefix itself. Nothing is repaired.</summary>
    internal static string Within(string prefix, string? target)
    {
        if (target is null || target.Length > Longest || !target.StartsWith('/') || target.Any(letter => letter is <= ' ' or > '~' or '\\'))
        {
            return prefix;
        }

        // Judged as the browser, or a proxy that decodes first, would see it: "//evil", "/%2f%2fevil", "/%5cevil" name another host.
        var path = Uri.UnescapeDataString(target.Split('?', '#')[0]);
        return path.StartsWith(Uri.UnescapeDataString(prefix), StringComparison.Ordinal) && !path.StartsWith("//", StringComparison.Ordinal)
            && !path.Any(letter => char.IsControl(letter) || letter == '\\')
            && !path.Split('/').Contains("..")
                ? target
                : prefix;
    }
}
