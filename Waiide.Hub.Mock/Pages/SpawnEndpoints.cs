using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;
using Waiide.ServiceDefaults;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The addresses at which a browser starts a server and waits for it.</summary>
internal static class SpawnEndpoints
{
    // A server that is this quick needs no page to wait on.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder routes, string hub)
    {
        foreach (var server in new[] { "", "/{user}", "/{user}/{server}" })
        {
            routes.MapGet(hub + "spawn" + server, Start).ForSignedIn();
        }

        routes.MapGet(hub + "spawn-pending/{user}", ShowPending).ForSignedIn();
        routes.MapGet(hub + "spawn-pending/{user}/{server}", ShowPending).ForSignedIn();
        routes.MapGet(hub + "user-redirect/{**path}", LeadToOwn).ForSignedIn();
    }

    /// <summary>Where a browser waits for a server.</summary>
    public static string PendingPath(HubOptions options, Server server) => $"{options.HubPrefix}spawn-pending/{Segments(server.User, server.Name)}";

    /// <summary>Where a browser starts a server.</summary>
    public static string SpawnPath(HubOptions options, User user, string server) => $"{options.HubPrefix}spawn/{Segments(user, server)}";

    private static async Task<Answer> Start(HttpContext context, HubOptions options, HubState state, Lifecycle lifecycle, string? user, string? server)
    {
        var caller = context.Caller();
        var owner = Owner(caller, state, user);
        var name = server ?? "";
        var known = owner.Servers.GetValueOrDefault(name);
        if (known?.State == ServerState.Ready)
        {
            return Answer.Redirect(Next(context, options) ?? known.Prefix);
        }

        // A link anywhere may start one's server, as the real hub's does; it does not add one without a word.
        if (known is null && name.Length > 0 && IsFromElsewhere(context.Request))
        {
            StartRules.Check(owner, name, options, state);
            return Answer.Page(NewServerPage.Of(options, owner, name, caller.SignedIn, context.Request.Query));
        }

        if (known is not { State: ServerState.Spawning or ServerState.Stopping })
        {
            try
            {
                await lifecycle.StartAsync(owner, name, UserOptions(context), context.RequestAborted, Patience);
            }
            catch (HubError failure) when (failure.Status == StatusCodes.Status500InternalServerError)
            {
                return Answer.Page(NotRunningPage.Of(options, owner, name, caller.SignedIn, Next(context, options), failure.Message), failure.Status);
            }
        }

        return Answer.Redirect(PendingPath(options, owner.Servers[name]) + Query(context, options));
    }

    private static async Task<Answer> ShowPending(HttpContext context, HubOptions options, HubState state, string user, string? server)
    {
        var found = Owner(context.Caller(), state, user).Servers.GetValueOrDefault(server ?? "");
        switch (found?.State)
        {
            case ServerState.Ready:
                return Answer.Redirect(Next(context, options) ?? found.Prefix);
            case ServerState.Spawning or ServerState.Stopping:
                Journey.GoesOn(context);
                return Answer.Page(PendingPage.Of(options, found, context.Caller().SignedIn));
            case null when server is not null:
                throw new HubError(StatusCodes.Status404NotFound, $"{user} has no such server {new LogText(server)}");
            default:
                var owner = found?.User ?? Owner(context.Caller(), state, user);
                var failure = found is null ? null : await Lifecycle.FailureOfAsync(found);
                return Answer.Page(
                    NotRunningPage.Of(options, owner, server ?? "", context.Caller().SignedIn, Next(context, options), failure),
                    failure is null ? StatusCodes.Status424FailedDependency : StatusCodes.Status500InternalServerError);
        }
    }

    /// <summary>A link for everybody to the same place on their own server.</summary>
    private static Answer LeadToOwn(HttpContext context, HubOptions options)
    {
        var user = context.Caller().SignedIn;
        var target = context.RawTarget()[(options.HubPrefix.Length + "user-redirect/".Length)..];
        var own = $"{options.BaseUrl}user/{HubNames.Segment(user.Name)}/{target}";
        return Answer.Redirect($"{SpawnPath(options, user, "")}?next={Uri.EscapeDataString(own)}");
    }

    // Somebody else's servers are not even there for those who may not start them.
    private static User Owner(Caller caller, HubState state, string? name) =>
        name is null || name == caller.SignedIn.Name ? caller.SignedIn
            : state.FindUser(name) is { } owner && Scopes.Reach(caller.Scopes, "servers", name) ? owner
            : throw new HubError(StatusCodes.Status404NotFound, $"No such user: {new LogText(name)}");

    // Browsers on plain http from another machine do not say.
    private static bool IsFromElsewhere(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";

    private static string? Next(HttpContext context, HubOptions options) => NextUrl.Validate(context.Request.Query["next"], options.BaseUrl);

    // What is in the query, but for where to go then, is for the server: /hub/spawn/ada?image=small
    private static JsonObject UserOptions(HttpContext context) => new(context.Request.Query.Where(entry => entry.Key != "next")
        .Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, new JsonArray([.. entry.Value.Select(value => JsonValue.Create(value))]))));

    private static string Query(HttpContext context, HubOptions options)
    {
        var pairs = context.Request.Query.Where(entry => entry.Key != "next").SelectMany(entry => entry.Value.Select(value => (entry.Key, Value: value ?? "")));
        return QueryString.Create([.. pairs.Append(("next", Next(context, options) ?? "")).Where(pair => pair.Item2.Length > 0).Select(pair => KeyValuePair.Create(pair.Item1, (string?)pair.Item2))]).Value ?? "";
    }

    private static string Segments(User user, string server) => HubNames.Segment(user.Name) + (server.Length == 0 ? "" : "/" + HubNames.Segment(server));
}
