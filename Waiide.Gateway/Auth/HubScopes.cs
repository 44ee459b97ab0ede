namespace Waiide.Gateway.Auth;

/// <summary>What a user's scopes allow at this server, by the rules of JupyterHub's own check_scopes.</summary>
internal static class HubScopes
{
    // "servers" is to start and stop them at the hub, and "admin:servers" brings it along; the hub names both where both are held.
    private static readonly string[] Administration = ["admin:servers", "servers"];

    /// <summary>
    /// True when one of <paramref name="required"/> is held as it is, or without its filter. Names are compared exactly. Groups are resolved by the hub, not here;
    /// being an admin of the hub is no access to servers.
    /// </summary>
    internal static bool Reach(IReadOnlyList<string> required, IReadOnlyList<string> held) =>
        required.Any(scope => held.Contains(scope, StringComparer.Ordinal) || held.Contains(scope.Split('!')[0], StringComparer.Ordinal) || ByOwner(scope, held));

    /// <summary>True when <paramref name="held"/> lets somebody stop and start this very server of <paramref name="owner"/>; the name of a default server is "".</summary>
    internal static bool Administer(string owner, string server, IReadOnlyList<string> held) => Reach([.. Administration.Select(scope => $"{scope}!server={owner}/{server}")], held);

    /// <summary>True for whoever may read the hub's own metrics: the hub's admins, and services that it was given to. It has no filter, hence no other form.</summary>
    internal static bool Monitor(IReadOnlyList<string> held) => held.Contains("read:metrics", StringComparer.Ordinal);

    // "access:servers!user=ada" holds every server of Ada's, "access:servers!server=ada/lab" among them; user names have no slash.
    private static bool ByOwner(string scope, IReadOnlyList<string> held) =>
        scope.Split("!server=") is [var name, var server] && held.Contains($"{name}!user={server.Split('/')[0]}", StringComparer.Ordinal);
}
