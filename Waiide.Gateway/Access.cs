using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Waiide.Gateway;

/// <summary>
/// Who may call an endpoint: anyone (AllowAnonymous), the users of this server, or its administrators. Decided once, by authentication, and read by every later stage.
/// </summary>
internal static class Access
{
    /// <summary>The policy for those who may use this server.</summary>
    internal const string Users = "users of this server";

    /// <summary>The policy for those of them who may also stop and start it: its owner, and whom the hub lets administer it.</summary>
    internal const string Administrators = "administrators of this server";

    /// <summary>The policy for those who may read its metrics: its users, and whom the hub lets read its own.</summary>
    internal const string Monitors = "users of this server, and monitors";

    private const string MayUse = "waiide:may-use";
    private const string MayAdminister = "waiide:may-administer";
    private const string MayMonitor = "waiide:may-monitor";

    /// <summary>The claims that say so.</summary>
    internal static IEnumerable<Claim> Claims(bool mayUse, bool mayAdminister, bool mayMonitor) =>
        [new(MayUse, mayUse ? "yes" : "no"), new(MayAdminister, mayUse && mayAdminister ? "yes" : "no"), new(MayMonitor, mayUse || mayMonitor ? "yes" : "no")];

    internal static bool MayUseServer(ClaimsPrincipal user) => user.HasClaim(MayUse, "yes");

    internal static bool MayAdministerServer(ClaimsPrincipal user) => user.HasClaim(MayAdminister, "yes");

    /// <summary>The policies; what declares none of them, and is not anonymous, is denied to everybody.</summary>
    internal static void AddPolicies(AuthorizationBuilder authorization) => authorization
        .AddPolicy(Users, policy => policy.RequireAuthenticatedUser().RequireClaim(MayUse, "yes"))
        .AddPolicy(Administrators, policy => policy.RequireAuthenticatedUser().RequireClaim(MayAdminister, "yes"))
        .AddPolicy(Monitors, policy => policy.RequireAuthenticatedUser().RequireClaim(MayMonitor, "yes"))
        .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(_ => false).Build());
}
