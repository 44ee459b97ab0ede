using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Waiide.Gateway.Auth;

/// <summary>The session cookie: what it is called, what it holds (encrypted), and which of them were signed out.</summary>
internal sealed class Sessions
{
    private static readonly TimeSpan WithoutHub = TimeSpan.FromDays(30);

    private readonly ITimeLimitedDataProtector _protector;
    private readonly Cookies _cookies;
    private readonly SignedOut _signedOut;

    public Sessions(GatewayOptions options, DataDirectory directory, IDataProtectionProvider protection, Cookies cookies, SignedOut signedOut)
    {
        _cookies = cookies;
        _signedOut = signedOut;

        // Cookies ignore ports: two gateways of one host must not overwrite each other's.
        CookieName = options.Hub is { } hub ? (hub.CookieHostPrefix ? "__Host-" : "") + hub.ClientId : "waiide-" + directory.Id;

        // Sessions of another server, or from before the token was changed, cannot be read at all.
        var secret = options.Token is { } token ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))) : "";
        _protector = protection.CreateProtector("Waiide.Session", CookieName, options.Prefix, secret).ToTimeLimitedDataProtector();
    }

    public string CookieName { get; }

    /// <summary>Signs in: under a hub with the user's token, else with nothing but the fact.</summary>
    internal void Begin(HttpContext context, string hubToken = "", TimeSpan? lifetime = null)
    {
        // Random first: two sessions are never the same text, so that one can be signed out without the other.
        var value = _protector.Protect($"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))} {hubToken}", lifetime ?? WithoutHub);
        _cookies.Set(context, CookieName, value, lifetime ?? WithoutHub);
    }

    /// <summary>The hub tokens of the valid sessions in this request ("" without a hub).</summary>
    internal IEnumerable<string> Of(HttpRequest request) => Cookies.Values(request, CookieName).Select(Read).OfType<string>();

    /// <summary>Signs out: the browser forgets the cookie, and a copy of it opens nothing any more.</summary>
    internal void End(HttpContext context)
    {
        foreach (var value in Cookies.Values(context.Request, CookieName).Where(value => Read(value) is not null))
        {
            _protector.Unprotect(value, out var expires);
            _signedOut.Add(value, expires);
        }

        _cookies.Clear(context, CookieName);
    }

    private string? Read(string value)
    {
        if (_signedOut.Contains(value))
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(value).Split(' ', 2)[1];
        }
        catch (CryptographicException)
        {
            return null; // Changed, expired, or of another key.
        }
    }
}
