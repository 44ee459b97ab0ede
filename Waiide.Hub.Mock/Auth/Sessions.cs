using System.Collections.Concurrent;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>A browser that signed in.</summary>
/// <param name="Id">The value of the cookie jupyterhub-session-id, which servers see and OAuth tokens are bound to.</param>
/// <param name="Login">The value of the cookie jupyterhub-hub-login, which only the hub sees.</param>
internal sealed record Session(string Id, string Login, User User, DateTimeOffset Since);

/// <summary>The sessions that are open, and the two cookies that carry them.</summary>
internal sealed class Sessions(HubOptions options, HubState state, TimeProvider clock)
{
    private const string SessionCookie = "jupyterhub-session-id";
    private const string LoginCookie = "jupyterhub-hub-login";
    private const string ServicesCookie = "jupyterhub-services";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private readonly ConcurrentDictionary<string, Session> _byLogin = new();

    public Session? Of(HttpContext context) => RawCookies.Values(context.Request, LoginCookie)
        .Select(login => _byLogin.GetValueOrDefault(Secrets.Hash(login)))
        .FirstOrDefault(session => session is not null && session.Since + Lifetime > clock.GetUtcNow());

    public Session Open(HttpContext context, User user)
    {
        var now = clock.GetUtcNow();
        foreach (var (hash, old) in _byLogin)
        {
            if (old.Since + Lifetime <= now)
            {
                _byLogin.TryRemove(hash, out _);
            }
        }

        var session = new Session(Secrets.Hex(), Secrets.Hex() + Secrets.Hex(), user, now);
        _byLogin[Secrets.Hash(session.Login)] = session;
        user.LastActivity.Record(now);

        var secure = BrowserProtocol.IsHttps(context.Request, options);
        context.Response.Cookies.Append(SessionCookie, session.Id, new CookieOptions { HttpOnly = true, Secure = secure, Path = options.BaseUrl });
        context.Response.Cookies.Append(LoginCookie, session.Login, new CookieOptions { HttpOnly = true, Secure = secure, Path = options.HubPrefix, Expires = now.AddDays(30) });
        return session;
    }

    /// <summary>Ends the session: its cookies, and every OAuth token that a server got in it.</summary>
    public void Close(HttpContext context, Session session)
    {
        _byLogin.TryRemove(Secrets.Hash(session.Login), out _);
        state.Tokens.Revoke(token => token.SessionId == session.Id);

        var secure = BrowserProtocol.IsHttps(context.Request, options);
        Clear(SessionCookie, options.BaseUrl);
        Clear(LoginCookie, options.HubPrefix);
        Clear(ServicesCookie, options.BaseUrl + "services");
        Clear(Xsrf.Cookie, options.HubPrefix);

        void Clear(string name, string path) => context.Response.Cookies.Delete(name, new CookieOptions { Path = path, Secure = secure });
    }
}
