namespace Waiide.Hub.Mock.State;

/// <summary>JupyterHub's scopes: who holds which, and what one allows. "access:servers!server=alice/" is the scope access:servers, filtered to one server.</summary>
internal static class Scopes
{
    // What a scope brings with it, as on JupyterHub's page "Scopes in JupyterHub".
    private static readonly Dictionary<string, string[]> Includes = new()
    {
        ["admin-ui"] = [],
        ["access:servers"] = [],
        ["access:services"] = [],
        ["admin:auth_state"] = [],
        ["admin:groups"] = ["groups", "read:roles:groups", "delete:groups"],
        ["admin:server_state"] = [],
        ["admin:servers"] = ["admin:server_state", "servers"],
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

    private static readonly string[] AdminRole =
    [
        "admin-ui", "admin:users", "admin:servers", "tokens", "admin:groups", "list:services", "read:services", "read:hub",
        "proxy", "shutdown", "access:services", "access:servers", "read:roles", "read:metrics", "shares",
    ];

    // The metascope "self": everything about oneself and one's own servers.
    private static readonly string[] UserRole = ["read:users", "users:activity", "servers", "tokens", "access:servers", "read:shares", "users:shares"];

    /// <summary>Everything that a user may do. An admin's unfiltered scopes contain the user's own.</summary>
    public static IReadOnlySet<string> Of(User user) =>
        Expand(user.IsAdmin ? AdminRole : UserRole.Select(scope => $"{scope}!user={user.Name}"));

    /// <summary>Everything that a service may do.</summary>
    public static IReadOnlySet<string> Of(Service service) => Expand(service.IsAdmin ? AdminRole : service.Scopes);

    /// <summary>What a server may do with its own token: report activity and recognise its owner.</summary>
    public static IReadOnlySet<string> OfServerToken(Server server) =>
        Expand([$"access:servers!server={server.FullName}", $"users:activity!user={server.User.Name}", .. Identify(server.User)]);

    /// <summary>What a server's OAuth client is granted for a user, as the token response writes it.</summary>
    public static string[] OfOAuthClient(Server server) =>
        [$"access:servers!server={server.FullName}", "read:users:groups!user", "read:users:name!user"];

    /// <summary>The scopes that let a token tell whose it is.</summary>
    public static string[] Identify(User user) => [$"read:users:groups!user={user.Name}", $"read:users:name!user={user.Name}"];

    /// <summary>The scopes with everything they bring along, and with !user filled in.</summary>
    public static IReadOnlySet<string> Expand(IEnumerable<string> scopes, User? owner = null)
    {
        var expanded = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<string>(scopes);
        while (left.TryPop(out var scope))
        {
            var (name, filter) = Split(scope == "inherit" || !scope.EndsWith("!user", StringComparison.Ordinal) || owner is null ? scope : $"{scope}={owner.Name}");
            if (expanded.Add(name + filter))
            {
                foreach (var included in Includes.GetValueOrDefault(name, []))
                {
                    left.Push(included + filter);
                }
            }
        }

        return expanded;
    }

    public static bool Exists(string scope) => Includes.ContainsKey(Split(scope).Name);

    /// <summary>Whether these scopes contain <paramref name="scope"/>, for anybody or anything at all.</summary>
    public static bool Mention(IReadOnlySet<string> held, string scope) =>
        held.Contains(scope) || held.Any(other => other.StartsWith(scope + "!", StringComparison.Ordinal));

    /// <summary>Whether these scopes allow <paramref name="scope"/> for that user.</summary>
    public static bool Reach(IReadOnlySet<string> held, string scope, string user) =>
        held.Contains(scope) || held.Contains($"{scope}!user={user}");

    /// <summary>Whether these scopes allow <paramref name="scope"/> for that server.</summary>
    public static bool Reach(IReadOnlySet<string> held, string scope, Server server) =>
        Reach(held, scope, server.User.Name) || held.Contains($"{scope}!server={server.FullName}");

    /// <summary>Whether whoever holds <paramref name="held"/> may hand on <paramref name="wanted"/>, one scope with or without a filter.</summary>
    public static bool Cover(IReadOnlySet<string> held, string wanted)
    {
        var (name, filter) = Split(wanted);
        if (held.Contains(wanted) || held.Contains(name))
        {
            return true;
        }

        // A user's scope covers each of the user's servers.
        const string server = "!server=";
        return filter.StartsWith(server, StringComparison.Ordinal)
            && filter.IndexOf('/', StringComparison.Ordinal) is var slash and > 0
            && held.Contains($"{name}!user={filter[server.Length..slash]}");
    }

    private static (string Name, string Filter) Split(string scope) =>
        scope.IndexOf('!', StringComparison.Ordinal) is var at and >= 0 ? (scope[..at], scope[at..]) : (scope, "");
}
