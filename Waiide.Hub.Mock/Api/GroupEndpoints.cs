using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>Groups: /hub/api/groups, each of them, their members and properties.</summary>
internal static class GroupEndpoints
{
    private const string ListScope = "list:groups";

    private static readonly (string Key, string Type)[] Keys = [("name", "str"), ("users", "list"), ("roles", "list")];

    public static Answer List(HttpContext context, HubOptions options, HubState state, Models models)
    {
        var held = context.Caller().Scopes;
        if (!held.Contains(ListScope) && context.Caller().Granted.Any(scope => scope.StartsWith(ListScope + "!", StringComparison.Ordinal) && !scope.StartsWith(ListScope + "!group=", StringComparison.Ordinal)))
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
        }

        var paging = Paging.Of(context.Request);
        var all = state.Groups.Where(group => Scopes.Reach(held, ListScope, "group", group.Name)).ToArray();
        return paging.Answer(context, options, new JsonArray([.. paging.Page(all).Select(group => models.Group(group, held))]), all.Length);
    }

    public static Answer Get(HttpContext context, HubState state, Models models, string group) => Show(context, models, Find(state, group));

    public static async Task<Answer> CreateMany(HttpContext context, HubState state, Models models)
    {
        if (await JsonBody.ReadAsync(context) is not JsonObject body || JsonBody.Names(body, "groups") is not { Length: > 0 } names)
        {
            throw JsonBody.Bad("Must specify at least one group to create");
        }

        body.Remove("groups");
        var members = Members(state, JsonBody.Model(body, "group", Keys));
        var held = context.Caller().Scopes;
        if (names.Any(name => !Scopes.Reach(held, "admin:groups", "group", name)))
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
        }

        var created = names.Select(name => Add(state, name, members)).ToArray();
        return Answer.Json(new JsonArray([.. created.Select(group => models.Group(group, held))]), StatusCodes.Status201Created);
    }

    public static async Task<Answer> Create(HttpContext context, HubState state, Models models, string group)
    {
        var body = await JsonBody.ReadAsync(context) is { } given ? JsonBody.Model(given, "group", Keys) : [];
        return Answer.Json(models.Group(Add(state, group, Members(state, body)), context.Caller().Scopes), StatusCodes.Status201Created);
    }

    public static Answer Delete(HubState state, string group)
    {
        state.RemoveGroup(Find(state, group));
        return Answer.Empty(StatusCodes.Status204NoContent, contentType: null);
    }

    public static Task<Answer> AddMembers(HttpContext context, HubState state, Models models, string group) =>
        ChangeMembersAsync(context, state, models, group, state.AddMember, "add");

    public static Task<Answer> RemoveMembers(HttpContext context, HubState state, Models models, string group) =>
        ChangeMembersAsync(context, state, models, group, state.RemoveMember, "delete");

    public static async Task<Answer> SetProperties(HttpContext context, HubState state, Models models, string group)
    {
        var known = Find(state, group);
        state.SetProperties(known, await JsonBody.ReadAsync(context) as JsonObject ?? throw JsonBody.Bad("Must specify properties"));
        return Show(context, models, known);
    }

    private static async Task<Answer> ChangeMembersAsync(HttpContext context, HubState state, Models models, string group, Action<Group, User> change, string verb)
    {
        var known = Find(state, group);
        var body = JsonBody.Model(await JsonBody.ReadAsync(context), "group", Keys);
        if (!body.ContainsKey("users"))
        {
            throw JsonBody.Bad($"Must specify users to {verb}");
        }

        foreach (var user in Members(state, body))
        {
            change(known, user);
        }

        return Show(context, models, known);
    }

    private static Group Add(HubState state, string name, IEnumerable<User> members)
    {
        if (state.FindGroup(name) is not null)
        {
            throw Exists(name);
        }

        if (HubNames.Mistake(name) is not null)
        {
            throw JsonBody.Bad($"Invalid group name: {name}");
        }

        Group group;
        try
        {
            group = state.AddGroup(name);
        }
        catch (InvalidOperationException)
        {
            throw Exists(name); // Somebody else was quicker.
        }

        foreach (var user in members)
        {
            state.AddMember(group, user);
        }

        return group;
    }

    private static Answer Show(HttpContext context, Models models, Group group) => Answer.Json(models.Group(group, context.Caller().Scopes));

    // Every name is looked at before anything changes.
    private static User[] Members(HubState state, JsonObject body) =>
        [.. (JsonBody.Names(body, "users") ?? []).Select(HubNames.Normalize).Select(name => state.FindUser(name) ?? throw JsonBody.Bad($"No such user: {name}"))];

    private static HubError Exists(string name) => new(StatusCodes.Status409Conflict, $"Group {name} already exists");

    private static Group Find(HubState state, string name) =>
        state.FindGroup(name) ?? throw new HubError(StatusCodes.Status404NotFound, $"No such group: {name}");
}
