namespace Waiide.Hub.Mock;

/// <summary>How JupyterHub writes the names of users and servers into paths and client ids.</summary>
internal static class HubNames
{
    /// <summary>JupyterHub's user names are lower-case.</summary>
    public static string Normalize(string userName) => userName.ToLowerInvariant();

    /// <summary>One segment of a path: Python's quote(name, safe="@~"), so we+ird@ex.org becomes we%2Bird@ex.org.</summary>
    public static string Segment(string name) => Uri.EscapeDataString(name).Replace("%40", "@", StringComparison.Ordinal);

    /// <summary>The OAuth client id of a server, which is the name of its cookie too.</summary>
    public static string ClientId(string user, string server) =>
        server.Length == 0 ? $"jupyterhub-user-{Uri.EscapeDataString(user)}" : $"jupyterhub-user-{Uri.EscapeDataString(user)}-{Uri.EscapeDataString(server)}";

    /// <summary>Why <paramref name="name"/> cannot be the name of a user or server; null if it can.</summary>
    public static string? Mistake(string name) => name switch
    {
        "" => "is empty",
        "." or ".." => "cannot be a segment of a path",
        _ when name.Contains('/') || name.Contains('\\') => "contains a slash",
        _ when name != name.Trim() => "begins or ends with a space",
        _ when name.Any(char.IsControl) => "contains a control character",
        _ when name.Length > 255 => "is longer than 255 characters",
        _ => null,
    };
}
