namespace Waiide.Hub.Mock.State;

/// <summary>Who may do what, asked anew each time: whoever loses a role, a membership or a share loses with it what their tokens could do.</summary>
internal sealed class Permissions(HubOptions options, HubState state, Roles roles, Shares shares, ScopesLeft left)
{
    /// <summary>Everything that a user or service may do.</summary>
    /// <param name="sparing">Without regard to scopes that a fault withdraws.</param>
    public IReadOnlySet<string> Of(Owner owner, bool sparing = false)
    {
        var scopes = roles.Of(owner).SelectMany(role => role.Scopes);
        scopes = owner switch
        {
            User user => scopes.Concat(state.GroupsOf(user).SelectMany(roles.Of).SelectMany(role => role.Scopes)).Concat(shares.ScopesOf(user)),
            Service service => scopes.Concat(service.Scopes),
            _ => scopes,
        };
        var known = Known(Scopes.Expand(scopes, owner));
        return sparing ? known : left(owner, known);
    }

    /// <summary>Everything that a token may do: what it was made for, as far as its owner still may.</summary>
    public IReadOnlySet<string> Of(Token token, bool sparing = false)
    {
        var owned = Of(token.Owner, sparing);
        return token.Scopes.Contains(Scopes.Inherit) ? owned : Scopes.Intersect(Expand(token), owned, Follow);
    }

    /// <summary>The scopes with, for each that is filtered by a group, those for its members: a group's filter covers them and their servers.</summary>
    public IReadOnlySet<string> Follow(IReadOnlySet<string> scopes)
    {
        const string group = "!group=";
        var followed = scopes.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, filter) in scopes.Select(Scopes.Split).Where(scope => scope.Filter.StartsWith(group, StringComparison.Ordinal)))
        {
            followed.UnionWith((state.FindGroup(filter[group.Length..])?.Users.Keys ?? []).Select(user => $"{name}!user={user.Name}"));
        }

        return followed;
    }

    /// <summary>The scopes with everything they bring along in this version of JupyterHub.</summary>
    public IReadOnlySet<string> Expand(IEnumerable<string> scopes, Owner owner) => Known(Scopes.Expand(scopes, owner));

    private HashSet<string> Expand(Token token)
    {
        var scopes = token.Scopes.Concat(Scopes.Identify(token.Owner));
        return Known(Scopes.Expand(token.Client is null ? scopes : [.. scopes, $"access:servers!server={token.Client.FullName}"], token.Owner, token.Server ?? token.Client));
    }

    private HashSet<string> Known(IReadOnlySet<string> scopes) =>
        scopes.Where(scope => ScopeTable.Has(Scopes.Split(scope).Name, options.Profile)).ToHashSet(StringComparer.Ordinal);
}
