using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>Users: /hub/api/users and each of them.</summary>
internal static class UserEndpoints
{
    private static readonly (string Key, string Type)[] Keys = [("name", "str"), ("admin", "bool"), ("groups", "list"), ("roles", "list"), ("auth_state", "dict")];

    public static Answer Get(HttpContext context, HubState state, Models models, string user) =>
        Answer.Json(models.User(Find(state, user), context.Caller().Scopes, IncludesStopped(context.Request)));

    public static async Task<Answer> CreateMany(HttpContext context, HubState state, Models models, Administrators administrators)
    {
        if (await JsonBody.ReadAsync(context) is not JsonObject body || JsonBody.Names(body, "usernames") is not { Length: > 0 } names)
        {
            throw JsonBody.Bad("Must specify at least one user to create");
        }

        body.Remove("usernames");
        var isAdmin = IsAdmin(JsonBody.Model(body, "user", Keys));
        var caller = context.Caller();
        MayMakeAdmins(caller, administrators, isAdmin);
        names = [.. names.Select(HubNames.Normalize)];
        if (names.Where(name => HubNames.Mistake(name) is not null).ToArray() is { Length: > 0 } invalid)
        {
            throw JsonBody.Bad($"Invalid username{(invalid.Length == 1 ? "" : "s")}: {string.Join(", ", invalid)}");
        }

        // Who administers only some users makes no others.
        if (names.Any(name => !Scopes.Reach(caller.Scopes, "admin:users", name)))
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
        }

        foreach (var name in names.Where(name => state.FindUser(name) is null))
        {
            administrators.CheckName(caller, name);
        }

        var created = names.Where(name => state.FindUser(name) is null).Select(name => Add(state, name, isAdmin)).OfType<User>().ToArray();
        return created.Length == 0
            ? throw new HubError(StatusCodes.Status409Conflict, $"All {names.Length} users already exist")
            : Answer.Json(new JsonArray([.. created.Select(user => models.User(user, caller.Scopes))]), StatusCodes.Status201Created);
    }

    public static async Task<Answer> Create(HttpContext context, HubState state, Models models, Administrators administrators, string user)
    {
        var body = await JsonBody.ReadAsync(context);
        if (state.FindUser(user) is not null)
        {
            throw Exists(user);
        }

        var isAdmin = !Python.IsFalse(body) && IsAdmin(JsonBody.Model(body, "user", Keys));
        MayMakeAdmins(context.Caller(), administrators, isAdmin);
        Check(user);
        administrators.CheckName(context.Caller(), user);
        return Answer.Json(models.User(Add(state, user, isAdmin) ?? throw Exists(user), context.Caller().Scopes), StatusCodes.Status201Created);
    }

    public static async Task<Answer> Change(HttpContext context, HubState state, Models models, Administrators administrators, string user)
    {
        var known = Find(state, user);
        var body = JsonBody.Model(await JsonBody.ReadAsync(context), "user", Keys);
        var name = body["name"]?.GetValue<string>() ?? known.Name;
        var isAdmin = body["admin"]?.GetValue<bool>() ?? known.IsAdmin;
        if (name != known.Name && state.FindUser(name) is not null)
        {
            throw NotUnique(name);
        }

        // Or whoever may change users could change into anything (CVE-2024-41942).
        var caller = context.Caller();
        if (known.IsAdmin)
        {
            administrators.Require(caller, "Only admins can modify other admins");
        }

        MayMakeAdmins(caller, administrators, isAdmin);
        if (body.ContainsKey("groups") || body.ContainsKey("roles"))
        {
            throw JsonBody.Bad("groups and roles cannot be changed here; add the user to a group at /groups/{group}/users");
        }

        if (name != known.Name)
        {
            // Its prefix, its route and its own environment have the name in them.
            Check(name);
            administrators.CheckName(caller, name);
            if (known.Servers.Values.Any(server => server.State != ServerState.Stopped || server.IsAttached))
            {
                throw JsonBody.Bad($"{known.Name}'s server is running, please stop it before changing the name.");
            }
        }

        try
        {
            state.ChangeUser(known, name, isAdmin);
        }
        catch (InvalidOperationException)
        {
            throw NotUnique(name); // Somebody else was quicker.
        }

        var model = models.User(known, caller.Scopes);
        model["auth_state"] = null;
        return Answer.Json(model);
    }

    public static async Task<Answer> Delete(HttpContext context, HubState state, Lifecycle lifecycle, IRoutes routes, Administrators administrators, string user)
    {
        var known = Find(state, user);
        if (known.Name == context.Caller().Owner.Name)
        {
            throw JsonBody.Bad("Cannot delete yourself!");
        }

        if (known.IsAdmin)
        {
            administrators.Require(context.Caller(), "Only admins can delete other admins");
        }

        foreach (var server in known.Servers.Values)
        {
            if (server.State == ServerState.Stopping
                || (server is { IsAttached: false, State: not ServerState.Stopped } && await lifecycle.StopAsync(server, context.RequestAborted) == Outcome.Pending))
            {
                throw JsonBody.Bad($"{user}'s server is in the process of stopping, please wait.");
            }

            if (server.IsAttached)
            {
                await routes.RemoveAsync(server, context.RequestAborted);
            }
        }

        state.RemoveUser(known);
        return Answer.Empty(StatusCodes.Status204NoContent, contentType: null);
    }

    /// <summary>The user in the path. The gate has turned away everyone who may not know whether there is one.</summary>
    public static User Find(HubState state, string name) =>
        state.FindUser(name) ?? throw new HubError(StatusCodes.Status404NotFound, "Not Found");

    /// <summary>?include_stopped_servers, but for 0 and false.</summary>
    public static bool IncludesStopped(HttpRequest request) =>
        request.Query.TryGetValue("include_stopped_servers", out var given) && given.ToString().ToLowerInvariant() is not ("0" or "false");

    // Null: somebody else was quicker.
    private static User? Add(HubState state, string name, bool isAdmin)
    {
        try
        {
            return state.AddUser(name, isAdmin);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static HubError Exists(string name) => new(StatusCodes.Status409Conflict, $"User {name} already exists");

    private static HubError NotUnique(string name) => JsonBody.Bad($"User {name} already exists, username must be unique");

    private static bool IsAdmin(JsonObject body) => body["admin"]?.GetValue<bool>() ?? false;

    private static void MayMakeAdmins(Caller caller, Administrators administrators, bool isAdmin)
    {
        if (isAdmin)
        {
            administrators.Require(caller, "Only admins can grant admin permissions");
        }
    }

    private static void Check(string name)
    {
        if (HubNames.Mistake(name) is not null)
        {
            throw JsonBody.Bad($"Invalid username: {name}");
        }
    }
}
