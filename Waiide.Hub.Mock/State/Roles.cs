namespace Waiide.Hub.Mock.State;

/// <summary>Scopes under a name, and who has them (Hub:Roles:name:Scopes, Users, Groups, Services).</summary>
internal sealed record Role(string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> Users, IReadOnlyList<string> Groups, IReadOnlyList<string> Services);

/// <summary>The roles that every JupyterHub has, those that the configuration adds, and what each owner has of them.</summary>
internal sealed class Roles(HubOptions options)
{
    public const string User = "user";
    public const string Admin = "admin";
    public const string Server = "server";
    public const string Token = "token";

    /// <summary>The roles that the configuration may give other scopes, but never Admin: an administrator may do everything.</summary>
    public static IReadOnlyList<string> Default { get; } = [User, Admin, Server, Token];

    public Role? Find(string name) => options.Roles.FirstOrDefault(role => role.Name == name) ?? name switch
    {
        User => Plain(User, Scopes.Self),
        Admin => Plain(Admin, [.. ScopeTable.OfAdmin]),
        Server => Plain(Server, "users:activity!user", options.Profile.ServerTokenReachesAllServers ? "access:servers!user" : "access:servers!server"),
        Token => Plain(Token, Scopes.Inherit),
        _ => null,
    };

    /// <summary>An owner's own roles, in the order in which the API names them.</summary>
    public IEnumerable<Role> Of(Owner owner)
    {
        if (owner is State.User)
        {
            yield return Find(User)!;
        }

        if (owner.IsAdmin)
        {
            yield return Find(Admin)!;
        }

        foreach (var role in options.Roles.Where(role => role.Name != User && (owner is State.User ? role.Users : role.Services).Contains(owner.Name)))
        {
            yield return role;
        }
    }

    /// <summary>What the members of a group have by being members.</summary>
    public IEnumerable<Role> Of(Group group) => options.Roles.Where(role => role.Groups.Contains(group.Name));

    /// <summary>What a server may do with its own token: report activity and recognise its owner. JupyterHub 3.0 let it into its siblings too.</summary>
    public static IReadOnlySet<string> OfServerToken(State.Server server, HubOptions options) =>
        Scopes.Expand(new Roles(options).Find(Server)!.Scopes, server.User, server);

    private static Role Plain(string name, params string[] scopes) => new(name, scopes, [], [], []);
}
