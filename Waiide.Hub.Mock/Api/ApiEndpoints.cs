using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;
using Waiide.ServiceDefaults;

namespace Waiide.Hub.Mock.Api;

/// <summary>The hub's REST API, as far as servers and their users need it.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder routes, HubOptions options)
    {
        var api = options.HubPrefix + "api";
        var probe = new[] { HttpMethods.Get, HttpMethods.Head };
        routes.MapGet(api + "/", GetVersion).AllowAnonymous();
        routes.MapMethods(options.HubPrefix + "health", probe, GetHealth).AllowAnonymous().WithoutTrace();
        routes.MapMethods(api + "/health", probe, GetHealth).AllowAnonymous().WithoutTrace();
        routes.MapGet(api + "/info", GetInfo).ForScopes("read:hub");
        routes.MapGet(api + "/proxy", GetRoutes).ForScopes("proxy");
        routes.MapGet(api + "/user", GetSelf).ForAnyCaller();
        routes.MapGet(api + "/users/{user}", GetUser).ForScopes(Models.ScopesForUser);
        routes.MapPost(api + "/users/{user}/activity", ActivityEndpoint.Post).ForScopes("users:activity");
        routes.MapGet(api + "/users/{user}/tokens", TokenEndpoints.List).ForScopes("read:tokens");
        routes.MapPost(api + "/users/{user}/tokens", TokenEndpoints.Create).ForAnyCaller();
        routes.MapGet(api + "/users/{user}/tokens/{id}", TokenEndpoints.Get).ForScopes("read:tokens");
        routes.MapDelete(api + "/users/{user}/tokens/{id}", TokenEndpoints.Delete).ForScopes("tokens");
    }

    /// <summary>The body as JSON, whatever its content type says; null if there is none.</summary>
    internal static async Task<JsonNode?> ReadJsonAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (text.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            throw new HubError(StatusCodes.Status400BadRequest, "Invalid JSON in body of request");
        }
    }

    /// <summary>The user in the path. The gate has turned away everyone who may not know whether there is one.</summary>
    internal static User FindUser(HubState state, string name) =>
        state.FindUser(name) ?? throw new HubError(StatusCodes.Status404NotFound, "Not Found");

    private static Answer GetVersion(HttpContext context, HubOptions options)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return Answer.Json(new JsonObject { ["version"] = options.Profile.Version });
    }

    private static Answer GetHealth() => Answer.Empty(StatusCodes.Status200OK, "text/html");

    private static Answer GetInfo(HubOptions options) => Answer.Json(new JsonObject
    {
        ["version"] = options.Profile.Version,
        ["python"] = RuntimeInformation.FrameworkDescription,
        ["sys_executable"] = Environment.ProcessPath,
        ["spawner"] = Part("none: servers are known from the start"),
        ["authenticator"] = Part("passwords from the configuration"),
    });

    private static JsonObject Part(string what) => new() { ["class"] = what, ["version"] = typeof(ApiEndpoints).Assembly.GetName().Version?.ToString(3) };

    private static async Task<Answer> GetRoutes(HttpContext context, IRoutes routes) =>
        Answer.Json(new JsonObject((await routes.ListAsync(context.RequestAborted)).Select(route => KeyValuePair.Create<string, JsonNode?>(route.RouteSpec, new JsonObject
        {
            ["routespec"] = route.RouteSpec,
            ["target"] = route.Target,
            ["data"] = route.User is null
                ? new JsonObject { ["hub"] = true, ["last_activity"] = Models.Time(route.LastActivity) }
                : new JsonObject { ["user"] = route.User, ["server_name"] = route.ServerName, ["last_activity"] = Models.Time(route.LastActivity) },
        }))));

    private static Answer GetSelf(HttpContext context, HubOptions options)
    {
        var caller = context.Caller();
        var model = caller.Owner switch
        {
            User user => Models.User(user, caller, options),
            var service => new JsonObject { ["kind"] = service.Kind, ["name"] = service.Name, ["admin"] = service.IsAdmin },
        };
        model["token_id"] = caller.Token?.Id;
        model["session_id"] = caller.Token?.SessionId;
        model["scopes"] = new JsonArray([.. caller.Scopes.Order(StringComparer.Ordinal).Select(scope => (JsonNode)scope)]);
        return Answer.Json(model);
    }

    private static Answer GetUser(HttpContext context, HubOptions options, HubState state, string user) =>
        Answer.Json(Models.User(FindUser(state, user), context.Caller(), options, context.Request.Query.ContainsKey("include_stopped_servers")));
}
