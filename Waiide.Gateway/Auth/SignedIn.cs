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
    internal static ClaimsPrincipal Owner(GatewayOptions options, string by) => Create(options.User, by, mayUse: true, mayAdminister: true);

    /// <summary>A hub user; identified even where the scopes do not reach this server.</summary>
    internal static ClaimsPrincipal HubUser(HubUser user, GatewayOptions options, string by) =>
        Create(user.Name, by, HubScopes.Reach(options.Hub!.AccessScopes, user.Scopes), mayAdminister: user.Kind == "user" && user.Name == options.User);

    private static ClaimsPrincipal Create(string name, string by, bool mayUse, bool mayAdminister) =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, name), .. Access.Claims(mayUse, mayAdminister)], by));
}
