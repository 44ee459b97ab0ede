using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>The routes of the front proxy: /hub/api/proxy.</summary>
internal static class ProxyEndpoints
{
    public static async Task<Answer> Get(HttpContext context, HubOptions options, IRoutes routes, TimeProvider clock)
    {
        var all = (await routes.ListAsync(context.RequestAborted)).ToDictionary(route => route.RouteSpec, StringComparer.Ordinal);

        // What our own proxy has no route for is the hub's.
        all.TryAdd(options.BaseUrl, new ProxyRoute(options.BaseUrl, $"http://{options.Address}:{options.ApiPort}", User: null, ServerName: null, clock.GetUtcNow()));
        var paging = Paging.Of(context.Request);
        var page = paging.Page(all.Values.OrderBy(route => route.RouteSpec, StringComparer.Ordinal));
        return paging.Answer(context, options, new JsonObject(page.Select(route => KeyValuePair.Create<string, JsonNode?>(route.RouteSpec, Model(route)))), all.Count);
    }

    /// <summary>Adds the routes that are missing, of servers that run: for a proxy that lost them.</summary>
    public static async Task<Answer> Check(HttpContext context, HubState state, IRoutes routes)
    {
        var known = (await routes.ListAsync(context.RequestAborted)).Select(route => route.RouteSpec).ToHashSet(StringComparer.Ordinal);
        foreach (var server in state.Servers.Where(server => server is { Url: not null, State: ServerState.Ready } && !known.Contains(server.Prefix)))
        {
            await routes.AddAsync(server, context.RequestAborted);
        }

        return Answer.Empty(StatusCodes.Status200OK, "application/json");
    }

    private static JsonObject Model(ProxyRoute route)
    {
        var data = route.User is null ? new JsonObject { ["hub"] = true } : new JsonObject { ["user"] = route.User, ["server_name"] = route.ServerName };

        // The proxy counts in milliseconds.
        data["last_activity"] = route.LastActivity?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return new JsonObject { ["routespec"] = route.RouteSpec, ["target"] = route.Target, ["data"] = data };
    }
}
