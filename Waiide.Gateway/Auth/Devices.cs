using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Waiide.Gateway.Auth;

/// <summary>
/// The browsers that have signed in here before, without a hub. Their wrong tokens are counted for each by itself, so that guessing from the same address, or by a page that
/// the browser shows, keeps none of them out (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
/// </summary>
internal sealed class Devices(GatewayOptions options, Sessions sessions, IDataProtectionProvider protection)
{
    // As long as browsers keep any.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    // Another token, other devices: whoever had the old one has collected nothing to guess the new one with.
    private readonly ITimeLimitedDataProtector _protector = sessions.Protector(protection, "Waiide.Device");

    private string CookieName => sessions.CookieName + "-device";

    /// <summary>The name of the browser that has sent <paramref name="request"/>; null: it has not signed in here before.</summary>
    internal string? Of(HttpRequest request) => Cookies.Values(request, CookieName).Select(cookie => _protector.Open(cookie, out _)).OfType<string>().FirstOrDefault();

    /// <summary>Knows this browser from now on.</summary>
    internal void Remember(HttpContext context)
    {
        // For the login alone, and Strict: what another site makes the browser ask for is not counted as its own.
        var attributes = Cookies.Attributes(options.Cookies with { SameSite = "Strict" }, options.Prefix + "login", PublicScheme.IsHttps(context), isFramed: false, forTheWayBack: false);
        var value = _protector.Protect("device " + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), Lifetime);
        context.Response.Headers.Append("Set-Cookie", $"{CookieName}={value}; Max-Age={(long)Lifetime.TotalSeconds}; {attributes}");
    }
}
