using Waiide.Hub.Mock.Auth;
using Waiide.ServiceDefaults;

namespace Waiide.Hub.Mock.Api;

/// <summary>The hub's REST API but for servers: each path, and the scopes of which any lets use it.</summary>
internal static class ApiEndpoints
{
    public static void AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Models>();
        builder.Services.AddSingleton<TokenRequests>();
    }

    public static void MapApi(this IEndpointRouteBuilder routes, HubOptions options)
    {
        var api = options.HubPrefix + "api";
        var probe = new[] { HttpMethods.Get, HttpMethods.Head };
        routes.MapGet(api + "/", HubEndpoints.Version).AllowAnonymous();
        routes.MapMethods(options.HubPrefix + "health", probe, HubEndpoints.Health).AllowAnonymous().WithoutTrace();
        routes.MapMethods(api + "/health", probe, HubEndpoints.Health).AllowAnonymous().WithoutTrace();
        routes.MapGet(api + "/info", HubEndpoints.Info).ForScopes("read:hub");
        routes.MapPost(api + "/shutdown", HubEndpoints.Shutdown).ForScopes("shutdown");
        routes.MapGet(api + "/proxy", ProxyEndpoints.Get).ForScopes("proxy");
        routes.MapPost(api + "/proxy", ProxyEndpoints.Check).ForScopes("proxy");
        routes.MapGet(api + "/services", HubEndpoints.Services).ForScopes("list:services");
        routes.MapGet(api + "/services/{service}", HubEndpoints.Service).ForScopes(Models.ScopesForService);

        routes.MapGet(api + "/user", HubEndpoints.Self).ForAnyCaller();
        routes.MapGet(api + "/users", UserListEndpoint.Get).ForScopes("list:users");
        routes.MapPost(api + "/users", UserEndpoints.CreateMany).ForScopes("admin:users");
        routes.MapGet(api + "/users/{user}", UserEndpoints.Get).ForScopes(Models.ScopesForUser);
        routes.MapPost(api + "/users/{user}", UserEndpoints.Create).ForScopes("admin:users");
        routes.MapPatch(api + "/users/{user}", UserEndpoints.Change).ForScopes("admin:users");
        routes.MapDelete(api + "/users/{user}", UserEndpoints.Delete).ForScopes("delete:users");
        routes.MapPost(api + "/users/{user}/activity", ActivityEndpoint.Post).ForScopes("users:activity");

        routes.MapGet(api + "/users/{user}/tokens", TokenEndpoints.List).ForScopes("read:tokens");
        routes.MapPost(api + "/users/{user}/tokens", TokenEndpoints.Create).ForAnyCaller();
        routes.MapGet(api + "/users/{user}/tokens/{id}", TokenEndpoints.Get).ForScopes("read:tokens");
        routes.MapDelete(api + "/users/{user}/tokens/{id}", TokenEndpoints.Delete).ForScopes("tokens");

        routes.MapGet(api + "/groups", GroupEndpoints.List).ForScopes("list:groups");
        routes.MapPost(api + "/groups", GroupEndpoints.CreateMany).ForScopes("admin:groups");
        routes.MapGet(api + "/groups/{group}", GroupEndpoints.Get).ForScopes(Models.ScopesForGroup);
        routes.MapPost(api + "/groups/{group}", GroupEndpoints.Create).ForScopes("admin:groups");
        routes.MapDelete(api + "/groups/{group}", GroupEndpoints.Delete).ForScopes("delete:groups");
        routes.MapPost(api + "/groups/{group}/users", GroupEndpoints.AddMembers).ForScopes("groups");
        routes.MapDelete(api + "/groups/{group}/users", GroupEndpoints.RemoveMembers).ForScopes("groups");
        if (options.Profile.HasGroupProperties)
        {
            routes.MapPut(api + "/groups/{group}/properties", GroupEndpoints.SetProperties).ForScopes("groups");
        }

        if (options.Profile.HasShares)
        {
            routes.MapShares(api);
        }
    }
}
