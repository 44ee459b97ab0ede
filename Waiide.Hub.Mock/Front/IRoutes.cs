using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>What the hub tells its front proxy, ours or another: which prefix leads to which server.</summary>
internal interface IRoutes
{
    /// <summary>Leads the server's prefix to <see cref="Server.Url"/>; replaces an earlier route.</summary>
    Task AddAsync(Server server, CancellationToken cancellation);

    Task RemoveAsync(Server server, CancellationToken cancellation);

    /// <summary>Every route, each with the last activity that the proxy saw.</summary>
    Task<IReadOnlyList<ProxyRoute>> ListAsync(CancellationToken cancellation);
}

/// <summary>One route, as the proxy's REST API tells it; without a user it is the hub's own.</summary>
internal sealed record ProxyRoute(string RouteSpec, string Target, string? User, string? ServerName, DateTimeOffset? LastActivity);

/// <summary>The routes of our own front proxy.</summary>
internal sealed class OwnRoutes(RouteTable table, TimeProvider clock) : IRoutes
{
    public Task AddAsync(Server server, CancellationToken cancellation)
    {
        table.Add(new FrontRoute(server.Prefix, server.Url!, server.User.Name, server.Name, clock.GetUtcNow()));
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Server server, CancellationToken cancellation)
    {
        table.Remove(server.Prefix);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ProxyRoute>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ProxyRoute>>(
        [.. table.All.Select(route => new ProxyRoute(route.Prefix, route.Target.GetLeftPart(UriPartial.Authority), route.User, route.ServerName, route.LastActivity.Latest))]);
}
