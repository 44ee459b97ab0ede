using System.Text.Json.Nodes;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>The hub's routes in our own front proxy.</summary>
internal sealed class OwnRoutes : IRoutes
{
    private readonly HubOptions _options;
    private readonly RouteTable _table;
    private readonly TimeProvider _clock;

    public OwnRoutes(HubOptions options, RouteTable table, TimeProvider clock)
    {
        (_options, _table, _clock) = (options, table, clock);
        AddHub(); // Before the first request.
    }

    public Task AddAsync(Server server, CancellationToken cancellation)
    {
        if (server.Url is { } url)
        {
            Add(PercentEncoding.Decode(server.Prefix), url.GetLeftPart(UriPartial.Authority), new JsonObject { ["user"] = server.User.Name, ["server_name"] = server.Name });
        }

        return Task.CompletedTask;
    }

    public Task AddHubAsync(CancellationToken cancellation)
    {
        AddHub();
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Server server, CancellationToken cancellation) => RemoveAsync(server.Prefix);

    public Task RemoveAsync(ProxyRoute route, CancellationToken cancellation) => RemoveAsync(route.RouteSpec);

    public Task<IReadOnlyList<ProxyRoute>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ProxyRoute>>(
        [.. _table.All.Where(route => route.IsHubs).Select(route => new ProxyRoute(
            route.RouteSpec, route.Target, route.Data["user"]?.GetValue<string>(), route.Data["server_name"]?.GetValue<string>(),
            route.LastActivity.Latest, route.Added))]);

    private void AddHub() => Add("/", _options.Proxy.HubUrl.GetLeftPart(UriPartial.Authority), new JsonObject { ["hub"] = true });

    private void Add(string path, string target, JsonObject data)
    {
        // A route that is as it should be keeps what it saw.
        if (_table.Get(path) is not { IsHubs: true } known || known.Target != target)
        {
            _table.Add(new FrontRoute(path.TrimEnd('/') is { Length: > 0 } inner ? inner : "/", target, data, IsHubs: true, _clock.GetUtcNow()));
        }
    }

    private Task RemoveAsync(string routeSpec)
    {
        if (_table.Get(PercentEncoding.Decode(routeSpec)) is { IsHubs: true } route)
        {
            _table.Remove(route);
        }

        return Task.CompletedTask;
    }
}
