using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>Sharing: /hub/api/shares/{owner}/{server} grants and revokes; /users/{user}/shared and /groups/{group}/shared show whom it reaches. (Codes that share are not there.)</summary>
internal static class ShareEndpoints
{
    // What can be shared of a server: to use it, and to start and stop it.
    private static readonly string[] Shareable = ["access:servers", "servers", "read:servers", "delete:servers"];

    private static readonly (string Key, string Type)[] Keys = [("user", "str"), ("group", "str"), ("scopes", "list")];

    public static void MapShares(this IEndpointRouteBuilder routes, string api)
    {
        // The default server has no name: its paths end with a slash.
        routes.MapGet(api + "/shares/{user}/", ListOfOwner).ForScopes("read:shares");
        routes.MapGet(api + "/shares/{user}/{server}", ListOfServer).ForScopes("read:shares");
        foreach (var server in new[] { "", "{server}" })
        {
            routes.MapPost($"{api}/shares/{{user}}/{server}", Grant).ForScopes("shares");
            routes.MapPatch($"{api}/shares/{{user}}/{server}", Revoke).ForScopes("shares");
            routes.MapDelete($"{api}/shares/{{user}}/{server}", RevokeAll).ForScopes("shares");
        }

        foreach (var name in new[] { "", "{name}" })
        {
            routes.MapGet($"{api}/users/{{user}}/shared/{{owner}}/{name}", GetOfUser).ForScopes("read:users:shares");
            routes.MapDelete($"{api}/users/{{user}}/shared/{{owner}}/{name}", LeaveOfUser).ForScopes("users:shares");
        }

        routes.MapGet(api + "/users/{user}/shared", ListOfUser).ForScopes("read:users:shares");
        routes.MapGet(api + "/groups/{group}/shared", ListOfGroup).ForScopes("read:groups:shares");
    }

    private static Answer ListOfOwner(HttpContext context, HubOptions options, HubState state, Shares shares, Models models, string user)
    {
        if (context.RawPath().EndsWith('/'))
        {
            return ListOfServer(context, options, state, shares, models, user, "");
        }

        var owner = UserEndpoints.Find(state, user);
        return List(context, options, models, shares.All.Where(share => share.Server.User == owner));
    }

    private static Answer ListOfServer(HttpContext context, HubOptions options, HubState state, Shares shares, Models models, string user, string server)
    {
        var known = Find(state, user, server);
        return List(context, options, models, shares.All.Where(share => share.Server == known));
    }

    private static Answer ListOfUser(HttpContext context, HubOptions options, HubState state, Shares shares, Models models, string user)
    {
        var known = state.FindUser(user) ?? throw new HubError(StatusCodes.Status404NotFound, $"No such user: {user}");
        return List(context, options, models, shares.All.Where(share => Shares.IsWith(share, known)));
    }

    private static Answer ListOfGroup(HttpContext context, HubOptions options, Shares shares, Models models, string group) =>
        List(context, options, models, shares.All.Where(share => share.Group?.Name == group));

    private static Answer GetOfUser(HubState state, Shares shares, Models models, string user, string owner, string? name) =>
        Answer.Json(Model(FindWith(state, shares, user, owner, name ?? ""), models));

    private static Answer LeaveOfUser(HubState state, Shares shares, string user, string owner, string? name)
    {
        shares.Revoke(FindWith(state, shares, user, owner, name ?? ""), names: null);
        return Answer.Empty(StatusCodes.Status204NoContent, contentType: null);
    }

    private static async Task<Answer> Grant(HttpContext context, HubOptions options, HubState state, Shares shares, Models models, string user, string? server)
    {
        var name = Name(context, server);
        var body = await ReadAsync(context);
        var fullName = $"{user}/{name}";
        var names = (JsonBody.Names(body, "scopes") is { Length: > 0 } given ? given : ["access:servers"]).Select(scope => NameOf(scope, fullName, options)).ToArray();
        var known = Find(state, user, name);
        var held = context.Caller().Scopes;
        foreach (var scope in names.Select(name => $"{name}!server={fullName}").Where(scope => !Scopes.Cover(held, scope)))
        {
            throw new HubError(StatusCodes.Status403Forbidden, $"Do not have permission to grant share with scope {scope}");
        }

        var (withUser, withGroup) = With(state, body, (kind, name) =>
        {
            if (!Scopes.Reach(held, $"read:{kind}s:name", kind, name))
            {
                throw new HubError(StatusCodes.Status403Forbidden, $"Need scope 'read:{kind}s:name' to share with {kind}s by name");
            }
        });
        return withUser is null && withGroup is null
            ? throw JsonBody.Bad(body["user"] is { } nobody ? $"No such user: {nobody.GetValue<string>()}" : $"No such group: {body["group"]!.GetValue<string>()}")
            : Answer.Json(Model(shares.Grant(known, withUser, withGroup, names), models));
    }

    private static async Task<Answer> Revoke(HttpContext context, HubOptions options, HubState state, Shares shares, Models models, string user, string? server)
    {
        var known = Find(state, user, Name(context, server));
        var body = await ReadAsync(context);
        var names = JsonBody.Names(body, "scopes") is { Length: > 0 } given ? given.Select(scope => NameOf(scope, known.FullName, options)).ToArray() : null;
        var (withUser, withGroup) = With(state, body);

        // What was never shared is as good as revoked.
        var isKnown = withUser is not null || withGroup is not null;
        var left = isKnown && shares.Find(known, withUser, withGroup) is { } share ? shares.Revoke(share, names) : null;
        return Answer.Json(left is null ? [] : Model(left, models));
    }

    private static Answer RevokeAll(HttpContext context, HubState state, Shares shares, string user, string? server)
    {
        var known = Find(state, user, Name(context, server));
        foreach (var share in shares.All.Where(share => share.Server == known).ToArray())
        {
            shares.Revoke(share, names: null);
        }

        return Answer.Empty(StatusCodes.Status204NoContent, contentType: null);
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context) is { } given ? JsonBody.Model(given, "share", Keys) : [];
        return (body["user"] is null) != (body["group"] is null) ? body : throw JsonBody.Bad("Specify exactly one of `user` or `group`");
    }

    // Without its filter: nothing but this one server, whatever is asked for.
    private static string NameOf(string scope, string fullName, HubOptions options)
    {
        var (name, filter) = Scopes.Split(scope);
        return Scopes.Mistake(scope, options.Profile, "share") is { } mistake ? throw JsonBody.Bad(mistake)
            : !Shareable.Contains(name) ? throw JsonBody.Bad($"Scope {name} cannot be shared; take one of {string.Join(", ", Shareable)}")
            : filter.Length > 0 && filter != $"!server={fullName}" ? throw JsonBody.Bad($"{scope} must have the filter !server={fullName}")
            : name;
    }

    private static (User? User, Group? Group) With(HubState state, JsonObject body, Action<string, string>? check = null)
    {
        var kind = body["user"] is null ? "group" : "user";
        var name = body[kind]!.GetValue<string>();
        check?.Invoke(kind, name);
        return kind == "user" ? (state.FindUser(name), null) : (null, state.FindGroup(name));
    }

    private static Share FindWith(HubState state, Shares shares, string user, string owner, string name) =>
        shares.All.FirstOrDefault(share => share.User is not null && share.User == state.FindUser(user) && share.Server.User.Name == owner && share.Server.Name == name)
        ?? throw new HubError(StatusCodes.Status404NotFound, $"No such share for user {user} on {owner}/{name}");

    private static Server Find(HubState state, string user, string server) =>
        state.FindUser(user)?.Servers.GetValueOrDefault(server) ?? throw new HubError(StatusCodes.Status404NotFound, $"No such server: {user}/{server}");

    // shares/ada without a slash is not about a server, and can only be read.
    private static string Name(HttpContext context, string? server) =>
        server ?? (context.RawPath().EndsWith('/') ? "" : throw new HubError(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed"));

    private static Answer List(HttpContext context, HubOptions options, Models models, IEnumerable<Share> shares)
    {
        var paging = Paging.Of(context.Request);
        var all = shares.ToArray();
        return paging.Answer(context, options, new JsonArray([.. paging.Page(all).Select(share => Model(share, models))]), all.Length, always: true);
    }

    private static JsonObject Model(Share share, Models models) => new()
    {
        ["server"] = new JsonObject
        {
            ["user"] = new JsonObject { ["name"] = share.Server.User.Name },
            ["name"] = share.Server.Name,
            ["url"] = share.Server.Prefix,
            ["full_url"] = models.Full(share.Server.Prefix),
            ["ready"] = share.Server.State == ServerState.Ready,
        },
        ["scopes"] = Models.Names(share.Scopes),
        ["user"] = share.User is { } user ? new JsonObject { ["name"] = user.Name } : null,
        ["group"] = share.Group is { } group ? new JsonObject { ["name"] = group.Name } : null,
        ["kind"] = share.Group is null ? "user" : "group",
        ["created_at"] = Models.Time(share.Created),
    };
}
