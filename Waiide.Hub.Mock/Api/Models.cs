using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>Users, groups, services, servers and tokens as the API writes them: each caller sees the keys that one of their scopes shows.</summary>
internal sealed class Models(HubOptions options, HubState state, Roles roles, Permissions permissions)
{
    private static readonly (string Scope, string[] Keys)[] OfUser =
    [
        ("read:users", ["kind", "name", "admin", "roles", "groups", "server", "pending", "created", "last_activity", "user_info"]),
        ("read:users:name", ["kind", "name", "admin", "user_info"]),
        ("read:users:groups", ["kind", "name", "groups"]),
        ("read:users:activity", ["kind", "name", "last_activity"]),
        ("read:servers", ["kind", "name", "servers"]),
        ("read:roles:users", ["kind", "name", "roles", "admin"]),
        ("admin:auth_state", ["kind", "name", "auth_state"]),
    ];

    private static readonly (string Scope, string[] Keys)[] OfGroup =
    [
        ("read:groups", ["kind", "name", "users", "properties"]),
        ("read:groups:name", ["kind", "name"]),
        ("read:roles:groups", ["kind", "name", "roles"]),
    ];

    private static readonly (string Scope, string[] Keys)[] OfService =
    [
        ("read:services", ["kind", "name", "admin", "url", "prefix", "command", "pid", "info", "display"]),
        ("read:services:name", ["kind", "name", "admin"]),
        ("read:roles:services", ["kind", "name", "roles", "admin"]),
    ];

    /// <summary>The scopes of which any lets read a user's model, in JupyterHub's order.</summary>
    public static string[] ScopesForUser { get; } = ["read:users", "read:users:name", "read:servers", "read:users:groups", "read:users:activity", "read:roles:users"];

    public static string[] ScopesForGroup { get; } = ["read:groups", "read:groups:name", "read:roles:groups"];

    public static string[] ScopesForService { get; } = ["read:services", "read:services:name", "read:roles:services"];

    public JsonObject User(User user, IReadOnlySet<string> held, bool includeStopped = false)
    {
        var model = new JsonObject
        {
            ["kind"] = "user",
            ["name"] = user.Name,
            ["admin"] = user.IsAdmin,
            ["roles"] = Names(roles.Of(user).Select(role => role.Name)),
            ["groups"] = Names(state.GroupsOf(user).Select(group => group.Name)),
            ["server"] = user.DefaultServer is { State: ServerState.Ready } ready ? ready.Prefix : null,
            ["pending"] = user.DefaultServer is { } own ? Pending(own) : null,
            ["created"] = Time(user.Created),
            ["last_activity"] = Time(user.LastActivity.Latest),
            ["auth_state"] = null,
        };
        if (options.Profile.TellsUserInfo)
        {
            model["user_info"] = null;
        }

        var shown = Show(model, OfUser, held, "user", user.Name);
        if (model.Count > 0)
        {
            // A scope that is filtered by a server shows that server of a user who is otherwise hidden.
            var servers = user.Servers.Values.Where(server => (includeStopped || server.State != ServerState.Stopped) && Scopes.Reach(held, "read:servers", server)).ToArray();
            if (shown.Contains("servers") || servers.Length > 0)
            {
                model["servers"] = new JsonObject(servers.Select(server => KeyValuePair.Create<string, JsonNode?>(server.Name, Server(server, held))));
            }
        }

        return model;
    }

    public JsonObject Group(Group group, IReadOnlySet<string> held)
    {
        var model = new JsonObject
        {
            ["kind"] = "group",
            ["name"] = group.Name,
            ["roles"] = Names(roles.Of(group).Select(role => role.Name)),
            ["users"] = Names(group.Users.Keys.Select(user => user.Name).Order(StringComparer.Ordinal)),
        };
        if (options.Profile.HasGroupProperties)
        {
            model["properties"] = group.Properties.DeepClone();
        }

        Show(model, OfGroup, held, "group", group.Name);
        return model;
    }

    public JsonObject Service(Service service, IReadOnlySet<string> held)
    {
        // Services of this hub are programs that somebody else starts, without pages of their own.
        var model = new JsonObject
        {
            ["kind"] = "service",
            ["name"] = service.Name,
            ["roles"] = Names(roles.Of(service).Select(role => role.Name)),
            ["admin"] = service.IsAdmin,
            ["url"] = "",
            ["prefix"] = "",
            ["command"] = new JsonArray(),
            ["pid"] = 0,
            ["info"] = new JsonObject(),
            ["display"] = true,
        };
        Show(model, OfService, held, "service", service.Name);
        return model;
    }

    public JsonObject Server(Server server, IReadOnlySet<string> held)
    {
        var progress = $"{options.HubPrefix}api/{server.ApiPath}/progress";
        var model = new JsonObject
        {
            ["name"] = server.Name,
            ["last_activity"] = Time(server.LastActivity.Latest),
            ["started"] = server.State == ServerState.Stopped ? null : Time(server.Started),
            ["pending"] = Pending(server),
            ["ready"] = server.State == ServerState.Ready,
            ["stopped"] = server.State == ServerState.Stopped,
            ["url"] = server.Prefix,
            ["user_options"] = server.UserOptions.DeepClone(),
            ["progress_url"] = progress,
        };
        if (options.Profile.TellsFullNames)
        {
            model["full_name"] = server.FullName;
            model["full_url"] = Full(server.Prefix);
            model["full_progress_url"] = Full(progress);
        }

        if (options.Profile.TellsDisplayName)
        {
            model["display_name"] = server.Name;
        }

        if (Scopes.Reach(held, "admin:server_state", server))
        {
            model["state"] = server is { ProcessId: { } pid, State: not ServerState.Stopped } ? new JsonObject { ["pid"] = pid } : [];
        }

        return model;
    }

    /// <summary>A token without its secret.</summary>
    public JsonObject Token(Token token) => new()
    {
        [token.Owner.Kind] = token.Owner.Name,
        ["id"] = token.Id,
        ["kind"] = "api_token",
        ["roles"] = new JsonArray(),
        ["scopes"] = Names(permissions.Of(token)),
        ["created"] = Time(token.Created),
        ["last_activity"] = Time(token.LastActivity.Latest),
        ["expires_at"] = Time(token.ExpiresAt),
        ["note"] = token.Note,
        ["session_id"] = token.SessionId,
        ["oauth_client"] = token.ClientDescription,
    };

    /// <summary>The address for programs elsewhere, if the hub knows what browsers call it.</summary>
    public string? Full(string path) => options.PublicUrl is { } url ? url.GetLeftPart(UriPartial.Authority) + path : null;

    public static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    /// <summary>A moment as Python's isoformat() writes it: microseconds, or none at all.</summary>
    public static string? Time(DateTimeOffset? moment) => moment?.UtcDateTime is not { } time
        ? null
        : time.ToString(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond == 0 ? "yyyy-MM-ddTHH:mm:ss'Z'" : "yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static HashSet<string> Show(JsonObject model, (string Scope, string[] Keys)[] visible, IReadOnlySet<string> held, string kind, string name)
    {
        var shown = visible.Where(entry => Scopes.Reach(held, entry.Scope, kind, name)).SelectMany(entry => entry.Keys).ToHashSet();
        foreach (var hidden in model.Select(entry => entry.Key).Where(key => !shown.Contains(key)).ToArray())
        {
            model.Remove(hidden);
        }

        return shown;
    }

    private static string? Pending(Server server) => server.State switch
    {
        ServerState.Spawning => "spawn",
        ServerState.Stopping => "stop",
        _ => null,
    };
}
