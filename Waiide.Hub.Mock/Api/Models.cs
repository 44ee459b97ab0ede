using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>Users, servers and tokens as the API writes them.</summary>
internal static class Models
{
    // Which scope shows which keys of a user.
    private static readonly (string Scope, string[] Keys)[] Visible =
    [
        ("read:users", ["kind", "name", "admin", "roles", "groups", "server", "servers", "pending", "created", "last_activity"]),
        ("read:users:name", ["kind", "name", "admin"]),
        ("read:users:groups", ["kind", "name", "groups"]),
        ("read:users:activity", ["kind", "name", "last_activity"]),
        ("read:servers", ["kind", "name", "servers"]),
        ("read:roles:users", ["kind", "name", "roles", "admin"]),
        ("admin:auth_state", ["kind", "name", "auth_state"]),
    ];

    /// <summary>The scopes of which any lets read a user's model.</summary>
    public static string[] ScopesForUser { get; } = [.. Visible.Select(entry => entry.Scope).Where(scope => scope.StartsWith("read:users", StringComparison.Ordinal) || scope is "read:servers" or "read:roles:users")];

    /// <summary>A user, as far as the caller's scopes show one; everybody may see who they are themselves.</summary>
    public static JsonObject User(User user, Caller caller, HubOptions options, bool includeStopped = false)
    {
        var shown = Visible
            .Where(entry => Scopes.Reach(caller.Scopes, entry.Scope, user.Name) || (user == caller.User && entry.Scope is "read:users:name" or "read:users:groups"))
            .SelectMany(entry => entry.Keys)
            .ToHashSet();
        var servers = new JsonObject();
        foreach (var server in user.Servers.Values.Where(server => includeStopped || server.State != ServerState.Stopped))
        {
            servers[server.Name] = Server(server, caller, options);
        }

        var model = new JsonObject
        {
            ["kind"] = "user",
            ["name"] = user.Name,
            ["admin"] = user.IsAdmin,
            ["groups"] = new JsonArray(),
            ["roles"] = user.IsAdmin ? new JsonArray("user", "admin") : new JsonArray("user"),
            ["server"] = user.DefaultServer is { State: ServerState.Ready } ready ? ready.Prefix : null,
            ["servers"] = servers,
            ["pending"] = user.DefaultServer is { } own ? Pending(own) : null,
            ["created"] = Time(user.Created),
            ["last_activity"] = Time(user.LastActivity.Latest),
            ["auth_state"] = null,
        };
        foreach (var hidden in model.Select(entry => entry.Key).Where(key => !shown.Contains(key)).ToArray())
        {
            model.Remove(hidden);
        }

        return model;
    }

    /// <summary>A token without its secret.</summary>
    public static JsonObject Token(Token token) => new()
    {
        [token.Owner.Kind] = token.Owner.Name,
        ["id"] = token.Id,
        ["kind"] = "api_token",
        ["roles"] = new JsonArray(),
        ["scopes"] = new JsonArray([.. token.Scopes.Select(scope => (JsonNode)scope)]),
        ["created"] = Time(token.Created),
        ["last_activity"] = Time(token.LastActivity.Latest),
        ["expires_at"] = Time(token.ExpiresAt),
        ["note"] = token.Note,
        ["session_id"] = token.SessionId,
        ["oauth_client"] = token.ClientDescription,
    };

    /// <summary>A moment as Python's isoformat() writes it: microseconds, or none at all.</summary>
    public static string? Time(DateTimeOffset? moment) => moment?.UtcDateTime is not { } time
        ? null
        : time.ToString(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond == 0 ? "yyyy-MM-ddTHH:mm:ss'Z'" : "yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Server(Server server, Caller caller, HubOptions options)
    {
        var progress = $"{options.HubPrefix}api/{server.ApiPath}/progress";
        var model = new JsonObject
        {
            ["name"] = server.Name,
            ["full_name"] = server.FullName,
            ["last_activity"] = Time(server.LastActivity.Latest),
            ["started"] = server.State == ServerState.Stopped ? null : Time(server.Started),
            ["pending"] = Pending(server),
            ["ready"] = server.State == ServerState.Ready,
            ["stopped"] = server.State == ServerState.Stopped,
            ["url"] = server.Prefix,
            ["user_options"] = new JsonObject(),
            ["progress_url"] = progress,
            ["full_url"] = Full(server.Prefix),
            ["full_progress_url"] = Full(progress),
        };
        if (Scopes.Reach(caller.Scopes, "admin:server_state", server))
        {
            model["state"] = new JsonObject();
        }

        return model;

        string? Full(string path) => options.PublicUrl is { } url ? url.GetLeftPart(UriPartial.Authority) + path : null;
    }

    private static string? Pending(Server server) => server.State switch
    {
        ServerState.Spawning => "spawn",
        ServerState.Stopping => "stop",
        _ => null,
    };
}
