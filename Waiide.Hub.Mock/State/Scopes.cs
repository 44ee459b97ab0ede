namespace Waiide.Hub.Mock.State;

/// <summary>
/// JupyterHub's scopes, as pure sets of text: "access:servers!server=alice/" is the scope access:servers, filtered to one server.
/// Who holds which is <see cref="Permissions"/>'; what each brings along is <see cref="ScopeTable"/>'s.
/// </summary>
internal static class Scopes
{
    /// <summary>The metascope of tokens: whatever their owner may do, whenever they are used.</summary>
    public const string Inherit = "inherit";

    /// <summary>The metascope of users: everything about oneself and one's own servers.</summary>
    public const string Self = "self";

    private static readonly string[] Filters = ["user=", "server=", "group=", "service="];
    private static readonly string[] OwnFilters = ["user", "server", "service"];

    /// <summary>What a server's OAuth client is granted for a user, as the token response writes it.</summary>
    public static string[] OfOAuthClient(Server server) =>
        [$"access:servers!server={server.FullName}", "read:users:groups!user", "read:users:name!user"];

    /// <summary>The scopes that let a token tell whose it is.</summary>
    public static string[] Identify(Owner owner) => owner is User
        ? [$"read:users:groups!user={owner.Name}", $"read:users:name!user={owner.Name}"]
        : [$"read:services:name!service={owner.Name}"];

    /// <summary>The scopes with everything they bring along, and with !user, !service and !server filled in; what cannot be filled in is dropped.</summary>
    /// <param name="client">The server whose OAuth client the scopes are for.</param>
    public static IReadOnlySet<string> Expand(IEnumerable<string> scopes, Owner? owner = null, Server? client = null)
    {
        var expanded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var scope in scopes.SelectMany(scope => scope == Self ? OfSelf(owner) : [scope]))
        {
            var (name, filter) = Split(scope);
            if (FillIn(filter, owner, client) is not { } filled)
            {
                continue;
            }

            var names = ScopeTable.WithIncluded(name);
            expanded.UnionWith(names.Select(each => each + filled));

            // Whoever may read about a server may read whose it is.
            const string server = "!server=";
            if (filled.StartsWith(server, StringComparison.Ordinal) && names.Any(each => each.StartsWith("read:", StringComparison.Ordinal)))
            {
                expanded.Add($"read:users:name!user={UserOf(filled[server.Length..])}");
            }
        }

        return Reduce(expanded);
    }

    /// <summary>What is in both: of two scopes one of which covers the other, the narrower.</summary>
    /// <param name="follow">Adds to scopes that are filtered by a group those for its members.</param>
    public static IReadOnlySet<string> Intersect(IReadOnlySet<string> left, IReadOnlySet<string> right, Func<IReadOnlySet<string>, IReadOnlySet<string>> follow)
    {
        var (leftFollowed, rightFollowed) = (follow(left), follow(right));
        var both = left.Where(scope => Cover(rightFollowed, scope)).ToHashSet(StringComparer.Ordinal);
        both.UnionWith(right.Where(scope => Cover(leftFollowed, scope)));
        return both;
    }

    /// <summary>Why this is no scope; null if it is one.</summary>
    public static string? Mistake(string scope, VersionProfile profile, string whose)
    {
        var (name, filter) = Split(scope);
        if (!ScopeTable.Has(name, profile))
        {
            return $"Scope '{scope}' for {whose} does not exist";
        }

        return filter.Length == 0 || OwnFilters.Contains(filter[1..]) || Filters.Any(known => filter.AsSpan(1).StartsWith(known, StringComparison.Ordinal))
            ? null
            : $"Scope filter {filter[1..]} '{filter}' in scope '{scope}' for {whose} does not exist";
    }

    /// <summary>Whether these scopes contain <paramref name="scope"/>, for anybody or anything at all.</summary>
    public static bool Mention(IReadOnlySet<string> held, string scope) =>
        held.Contains(scope) || held.Any(other => other.StartsWith(scope + "!", StringComparison.Ordinal));

    /// <summary>Whether these scopes allow <paramref name="scope"/> for that user.</summary>
    public static bool Reach(IReadOnlySet<string> held, string scope, string user) => Reach(held, scope, "user", user);

    /// <summary>Whether these scopes allow <paramref name="scope"/> for that server.</summary>
    public static bool Reach(IReadOnlySet<string> held, string scope, Server server) =>
        Reach(held, scope, server.User.Name) || held.Contains($"{scope}!server={server.FullName}");

    /// <summary>Whether these scopes allow <paramref name="scope"/> for what is of that kind (user, group, service) and has that name.</summary>
    public static bool Reach(IReadOnlySet<string> held, string scope, string kind, string name) =>
        held.Contains(scope) || held.Contains($"{scope}!{kind}={name}");

    /// <summary>Whether whoever holds <paramref name="held"/> holds <paramref name="wanted"/> too, one scope with or without a filter.</summary>
    public static bool Cover(IReadOnlySet<string> held, string wanted)
    {
        var (name, filter) = Split(wanted);
        if (held.Contains(wanted) || held.Contains(name))
        {
            return true;
        }

        // A user's scope covers each of the user's servers.
        const string server = "!server=";
        return filter.StartsWith(server, StringComparison.Ordinal) && filter.Contains('/', StringComparison.Ordinal)
            && held.Contains($"{name}!user={UserOf(filter[server.Length..])}");
    }

    /// <summary>A scope without its filter, and the filter with its exclamation mark (empty if there is none).</summary>
    public static (string Name, string Filter) Split(string scope) =>
        scope.IndexOf('!', StringComparison.Ordinal) is var at and >= 0 ? (scope[..at], scope[at..]) : (scope, "");

    private static IEnumerable<string> OfSelf(Owner? owner) =>
        owner is User ? ScopeTable.OfSelf.Select(scope => $"{scope}!user={owner.Name}") : [];

    private static string? FillIn(string filter, Owner? owner, Server? client) => filter switch
    {
        "!user" => owner is User ? $"!user={owner.Name}" : null,
        "!service" => owner is Service ? $"!service={owner.Name}" : null,
        "!server" => client is null ? null : $"!server={client.FullName}",
        _ => filter,
    };

    // access:servers makes access:servers!user=alice superfluous.
    private static HashSet<string> Reduce(HashSet<string> scopes)
    {
        scopes.RemoveWhere(scope => Split(scope) is { Filter.Length: > 0 } filtered && scopes.Contains(filtered.Name));
        return scopes;
    }

    // A server's full name, alice/env-one, has its only slash after the user.
    private static string UserOf(string server) => server.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? server[..slash] : server;
}
