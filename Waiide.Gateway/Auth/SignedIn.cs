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
    internal static ClaimsPrincipal Owner(GatewayOptions options, string by) => Create(options.User, by, mayUse: true);

    /// <summary>A hub user; identified even where the scopes do not reach this server.</summary>
    internal static ClaimsPrincipal HubUser(HubUser user, HubOptions hub, string by) => Create(user.Name, by, HubScopes.Reach(hub.AccessScopes, user.Scopes));

    private static ClaimsPrincipal Create(string name, string by, bool mayUse) =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, name), Access.Of(mayUse)], by));
}
