namespace Waiide.Gateway.Auth;

/// <summary>Whether a user's scopes reach this server, by the rules of JupyterHub's own check_scopes.</summary>
internal static class HubScopes
{
    /// <summary>
    /// True when one of <paramref name="required"/> is held as it is, or without its filter. Names are compared exactly. Groups are resolved by the hub, not here;
    /// being an admin of the hub is no access to servers.
    /// </summary>
    internal static bool Reach(IReadOnlyList<string> required, IReadOnlyList<string> held) =>
        required.Any(scope => held.Contains(scope, StringComparer.Ordinal) || held.Contains(scope.Split('!')[0], StringComparer.Ordinal) || ByOwner(scope, held));

    // "access:servers!user=ada" holds every server of Ada's, "access:servers!server=ada/lab" among them; user names have no slash.
    private static bool ByOwner(string scope, IReadOnlyList<string> held) =>
        scope.Split("!server=") is [var name, var server] && held.Contains($"{name}!user={server.Split('/')[0]}", StringComparer.Ordinal);
}
