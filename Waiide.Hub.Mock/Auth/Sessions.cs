using System.Collections.Concurrent;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>A browser that signed in.</summary>
/// <param name="Id">The value of the cookie jupyterhub-session-id, which servers see and OAuth tokens are bound to.</param>
/// <param name="Login">The value of the cookie jupyterhub-hub-login, which only the hub sees.</param>
internal sealed record Session(string Id, string Login, User User, DateTimeOffset Since);

/// <summary>The sessions that are open, and the two cookies that carry them.</summary>
internal sealed class Sessions(HubOptions options, HubState state, Store store, TimeProvider clock)
{
    private const string SessionCookie = "jupyterhub-session-id";
    private const string LoginCookie = "jupyterhub-hub-login";
    private const string ServicesCookie = "jupyterhub-services";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    // By the hash of the login cookie. The cookie itself is not kept: a browser that comes back after a restart brings it.
    private readonly ConcurrentDictionary<string, Session> _byLogin = new(
        store.LoadSessions(state.Users).Select(kept => KeyValuePair.Create(kept.LoginHash, new Session(kept.Id, Login: "", kept.User, kept.Since))));

    public Session? Of(HttpContext context) => RawCookies.Values(context.Request, LoginCookie)
        .Select(login => _byLogin.TryGetValue(Secrets.Hash(login), out var session) && IsOpen(session) ? session with { Login = login } : null)
        .FirstOrDefault(session => session is not null);

    public Session Open(HttpContext context, User user)
    {
        foreach (var (hash, _) in _byLogin.Where(entry => !IsOpen(entry.Value)))
        {
            Forget(hash);
        }

        var now = clock.GetUtcNow();
        var session = new Session(Secrets.Hex(), Secrets.Hex() + Secrets.Hex(), user, now);
        var login = Secrets.Hash(session.Login);
        store.AddSession(new KeptSession(login, session.Id, user, now));
        _byLogin[login] = session;
        user.LastActivity.Record(now);

        var secure = BrowserProtocol.IsHttps(context.Request, options);
        context.Response.Cookies.Append(SessionCookie, session.Id, new CookieOptions { HttpOnly = true, Secure = secure, Path = options.BaseUrl });
        context.Response.Cookies.Append(LoginCookie, session.Login, new CookieOptions { HttpOnly = true, Secure = secure, Path = options.HubPrefix, Expires = now.AddDays(30) });
        return session;
    }

    /// <summary>Ends the session: its cookies, and every OAuth token that a server got in it.</summary>
    public void Close(HttpContext context, Session session)
    {
        Forget(Secrets.Hash(session.Login));
        state.Tokens.Revoke(token => token.SessionId == session.Id);

        var secure = BrowserProtocol.IsHttps(context.Request, options);
        Clear(SessionCookie, options.BaseUrl);
        Clear(LoginCookie, options.HubPrefix);
        Clear(ServicesCookie, options.BaseUrl + "services");
        Clear(Xsrf.Cookie, options.HubPrefix);

        void Clear(string name, string path) => context.Response.Cookies.Delete(name, new CookieOptions { Path = path, Secure = secure });
    }
    // A session ends with its time, its user, and the password that opened it.
    private bool IsOpen(Session session) =>
        session.Since + Lifetime > clock.GetUtcNow() && state.Knows(session.User) && !(session.User.PasswordChanged > session.Since);

    private void Forget(string loginHash)
    {
        _byLogin.TryRemove(loginHash, out _);
        store.RemoveSession(loginHash);
    }
}
