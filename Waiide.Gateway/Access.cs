using System.Security.Claims;

namespace Waiide.Gateway;

/// <summary>Whether the person behind a request may use this server: decided once, by authentication, and read by every later stage.</summary>
internal static class Access
{
    private const string MayUse = "waiide:may-use";

    /// <summary>The claim that says so.</summary>
    internal static Claim Of(bool mayUse) => new(MayUse, mayUse ? "yes" : "no");

    internal static bool MayUseServer(ClaimsPrincipal user) => user.HasClaim(MayUse, "yes");
}
