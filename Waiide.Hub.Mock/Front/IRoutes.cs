using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>
/// What the hub tells its front proxy, ours or another: which path leads to which server. A change that does not reach the proxy is not an error of the caller's:
/// <see cref="RouteKeeper"/> makes it up.
/// </summary>
internal interface IRoutes
{
    /// <summary>Leads the server's prefix to <see cref="Server.Url"/>; replaces an earlier route. One that has just stopped, and has no address, gets none.</summary>
    Task AddAsync(Server server, CancellationToken cancellation);

    /// <summary>Leads everything that no other route takes to the hub.</summary>
    Task AddHubAsync(CancellationToken cancellation);

    Task RemoveAsync(Server server, CancellationToken cancellation);

    /// <summary>Removes a route that nobody knows.</summary>
    Task RemoveAsync(ProxyRoute route, CancellationToken cancellation);

    /// <summary>Every route of the hub's, each with the last activity that the proxy saw. Throws <see cref="HttpRequestException"/> if the proxy does not tell.</summary>
    Task<IReadOnlyList<ProxyRoute>> ListAsync(CancellationToken cancellation);
}

/// <summary>One route, as the hub's API tells it; without a user it is the hub's own.</summary>
/// <param name="RouteSpec">The prefix, percent-encoded, with a slash at both ends.</param>
/// <param name="LastActivity">When it was last used, or was added; that alone is nobody's activity.</param>
/// <param name="Added">Null: the proxy does not tell.</param>
internal sealed record ProxyRoute(string RouteSpec, string Target, string? User, string? ServerName, DateTimeOffset? LastActivity, DateTimeOffset? Added = null);
