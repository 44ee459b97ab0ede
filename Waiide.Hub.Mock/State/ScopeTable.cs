namespace Waiide.Hub.Mock.State;

/// <summary>Which scopes there are and what each brings with it, as on JupyterHub's page "Scopes in JupyterHub".</summary>
internal static class ScopeTable
{
    private static readonly Dictionary<string, string[]> Includes = new()
    {
        ["(no_scope)"] = [],
        [Scopes.Self] = [],
        [Scopes.Inherit] = [],
        ["admin-ui"] = [],
        ["access:servers"] = [],
        ["access:services"] = [],
        ["admin:auth_state"] = [],
        ["admin:groups"] = ["groups", "read:roles:groups", "delete:groups"],
        ["admin:server_state"] = [],
        ["admin:servers"] = ["admin:server_state", "servers"],
        ["admin:services"] = ["list:services", "read:services", "read:roles:services"],
        ["admin:users"] = ["admin:auth_state", "users", "read:roles:users", "delete:users"],
        ["delete:groups"] = [],
        ["delete:servers"] = [],
        ["delete:users"] = [],
        ["groups"] = ["read:groups", "list:groups"],
        ["groups:shares"] = ["read:groups:shares"],
        ["list:groups"] = ["read:groups:name"],
        ["list:services"] = ["read:services:name"],
        ["list:users"] = ["read:users:name"],
        ["proxy"] = [],
        ["read:groups"] = ["read:groups:name"],
        ["read:groups:name"] = [],
        ["read:groups:shares"] = [],
        ["read:hub"] = [],
        ["read:metrics"] = [],
        ["read:roles"] = ["read:roles:users", "read:roles:services", "read:roles:groups"],
        ["read:roles:groups"] = [],
        ["read:roles:services"] = [],
        ["read:roles:users"] = [],
        ["read:servers"] = ["read:users:name"],
        ["read:services"] = ["read:services:name"],
        ["read:services:name"] = [],
        ["read:shares"] = [],
        ["read:tokens"] = [],
        ["read:users"] = ["read:users:name", "read:users:groups", "read:users:activity"],
        ["read:users:activity"] = [],
        ["read:users:groups"] = [],
        ["read:users:name"] = [],
        ["read:users:shares"] = [],
        ["servers"] = ["read:servers", "delete:servers"],
        ["shares"] = ["access:servers", "read:shares", "users:shares", "groups:shares"],
        ["shutdown"] = [],
        ["tokens"] = ["read:tokens"],
        ["users"] = ["read:users", "list:users", "users:activity"],
        ["users:activity"] = ["read:users:activity"],
        ["users:shares"] = ["read:users:shares"],
    };

    private static readonly string[] OfSharing = ["shares", "read:shares", "users:shares", "read:users:shares", "groups:shares", "read:groups:shares"];

    /// <summary>What the metascope "self" stands for, of one's own.</summary>
    public static IReadOnlyList<string> OfSelf { get; } = ["read:users", "users:activity", "servers", "tokens", "access:servers", "read:shares", "users:shares"];

    /// <summary>What administrators may do.</summary>
    public static IReadOnlyList<string> OfAdmin { get; } =
    [
        "admin-ui", "admin:users", "admin:servers", "admin:services", "tokens", "admin:groups", "list:services", "read:services", "read:hub",
        "proxy", "shutdown", "access:services", "access:servers", "read:roles", "read:metrics", "shares",
    ];

    /// <summary>Whether that version of JupyterHub has the scope, which is named without a filter.</summary>
    public static bool Has(string name, VersionProfile profile) =>
        Includes.ContainsKey(name) && (profile.HasShares || !OfSharing.Contains(name)) && (profile.HasServiceAdministration || name != "admin:services");

    /// <summary>The scope and all that it brings along.</summary>
    public static IReadOnlySet<string> WithIncluded(string name)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<string>([name]);
        while (left.TryPop(out var next))
        {
            if (all.Add(next))
            {
                foreach (var included in Includes.GetValueOrDefault(next, []))
                {
                    left.Push(included);
                }
            }
        }

        return all;
    }
}
