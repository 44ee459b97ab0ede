using System.Security.Claims;
using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Auth;

/// <summary>Who is behind a request, and by what that was told: the authentication type is "cookie", "token" or "none".</summary>
internal static class SignedIn
{
    /// <summary>A credential that a browser attaches by itself, also to requests that another site makes it send.</summary>
    internal const string ByCookie = "cookie";

    /// <summary>An Authorization header, which no other site can make a browser send.</summary>
    internal const string ByToken = "token";

    /// <summary>WAIIDE_AUTH=none.</summary>
    internal const string ByNothing = "none";

    /// <summary>The user of a gateway without a hub.</summary>
    internal static ClaimsPrincipal Owner(GatewayOptions options, string by) => Create(options.User, by, mayUse: true, mayAdminister: true, mayMonitor: true);

    /// <summary>
    /// A hub user, or a service of the hub; identified even where the scopes do not reach this server. The owner administers it by name, because a login through this
    /// server gets no scope but access; everybody else by the hub's scopes.
    /// </summary>
    internal static ClaimsPrincipal HubUser(HubUser user, GatewayOptions options, string by)
    {
        var hub = options.Hub!;
        var isOwner = user.Kind == "user" && user.Name == hub.Owner;
        var mayAdminister = isOwner || (hub.Owner is { } owner && HubScopes.Administer(owner, options.ServerName, user.Scopes));
        return Create(user.Name, by, HubScopes.Reach(hub.AccessScopes, user.Scopes), mayAdminister, HubScopes.Monitor(user.Scopes));
    }

    private static ClaimsPrincipal Create(string name, string by, bool mayUse, bool mayAdminister, bool mayMonitor) =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, name), .. Access.Claims(mayUse, mayAdminister, mayMonitor)], by));
}
