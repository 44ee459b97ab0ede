using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Waiide.Gateway.Auth;

/// <summary>The session cookie: what it is called, what it holds (encrypted), and which of them were signed out.</summary>
internal sealed class Sessions
{
    private static readonly TimeSpan WithoutHub = TimeSpan.FromDays(30);

    private readonly ITimeLimitedDataProtector _protector;
    private readonly GatewayOptions _options;
    private readonly Cookies _cookies;
    private readonly SignedOut _signedOut;
    private readonly TimeProvider _clock;

    public Sessions(GatewayOptions options, DataDirectory directory, IDataProtectionProvider protection, Cookies cookies, SignedOut signedOut, TimeProvider clock)
    {
        (_options, _cookies, _signedOut, _clock) = (options, cookies, signedOut, clock);

        // Cookies ignore ports: two gateways of one host must not overwrite each other's.
        CookieName = options.Hub is { } hub ? (hub.CookieHostPrefix ? "__Host-" : "") + hub.ClientId : "waiide-" + directory.Id;

        _protector = Protector(protection, "Waiide.Session");
    }

    /// <summary>One valid session: its id, the hub's token in it ("" without a hub), and when it ends by itself.</summary>
    internal sealed record Session(string Id, string HubToken, DateTimeOffset Expires);

    public string CookieName { get; }

    /// <summary>Signs in: under a hub with the user's token, else with nothing but the fact.</summary>
    internal void Begin(HttpContext context, string hubToken = "", TimeSpan? tokenLifetime = null)
    {
        var lifetime = tokenLifetime ?? WithoutHub;
        if (_options.Cookies.Lifetime < lifetime)
        {
            lifetime = _options.Cookies.Lifetime.Value;
        }

        // Random first: by this one session is signed out without another.
        var value = _protector.Protect($"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))} {hubToken}", lifetime);
        _cookies.Set(context, CookieName, value, lifetime);
    }

    /// <summary>The valid sessions in this request.</summary>
    internal IEnumerable<Session> Of(HttpRequest request) => Cookies.Values(request, CookieName).Select(Read).OfType<Session>();

    /// <summary>Why a session that was valid is so no more; null: it still is.</summary>
    internal EndReason? Objection(Session session) =>
        _signedOut.Contains(session.Id) ? EndReason.SignedOut : session.Expires <= _clock.GetUtcNow() ? EndReason.SessionExpired : null;

    /// <summary>Signs out: the browser forgets the cookie, and a copy of it opens nothing any more.</summary>
    internal void End(HttpContext context)
    {
        foreach (var session in Of(context.Request).ToArray())
        {
            _signedOut.Add(session.Id, session.Expires);
        }

        _cookies.Clear(context, CookieName);
    }

    // What another server has made, or this one before its token was changed, cannot be read at all.
    internal ITimeLimitedDataProtector Protector(IDataProtectionProvider protection, string purpose)
    {
        var secret = _options.Token is { } token ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))) : "";
        return protection.CreateProtector(purpose, CookieName, _options.Prefix, secret).ToTimeLimitedDataProtector();
    }

    private Session? Read(string cookie) =>
        _protector.Open(cookie, out var expires)?.Split(' ', 2) is [var id, var hubToken] && !_signedOut.Contains(id) ? new Session(id, hubToken, expires) : null;
}
