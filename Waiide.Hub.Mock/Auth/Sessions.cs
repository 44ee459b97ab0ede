using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>The two cookies by which a browser shows its session.</summary>
internal sealed class Sessions(HubOptions options, HubState state, TimeProvider clock)
{
    private const string SessionCookie = "jupyterhub-session-id";
    private const string LoginCookie = "jupyterhub-hub-login";
    private const string ServicesCookie = "jupyterhub-services";

    public Session? Of(HttpContext context) => RawCookies.Values(context.Request, LoginCookie).Select(state.FindSession).FirstOrDefault(session => session is not null);

    public Session Open(HttpContext context, User user)
    {
        var login = Secrets.Hex() + Secrets.Hex();
        var session = state.OpenSession(user, login);
        var secure = BrowserProtocol.IsHttps(context.Request, options);
        context.Response.Cookies.Append(SessionCookie, session.Id, new CookieOptions { HttpOnly = true, Secure = secure, Path = options.BaseUrl });
        context.Response.Cookies.Append(LoginCookie, login, new CookieOptions { HttpOnly = true, Secure = secure, Path = options.HubPrefix, Expires = clock.GetUtcNow().AddDays(30) });
        return session;
    }

    /// <summary>Ends the session: its cookies, and every OAuth token that a server got in it.</summary>
    public void Close(HttpContext context, Session session)
    {
        state.CloseSession(session);

        var secure = BrowserProtocol.IsHttps(context.Request, options);
        Clear(SessionCookie, options.BaseUrl);
        Clear(LoginCookie, options.HubPrefix);
        Clear(ServicesCookie, options.BaseUrl + "services");
        Clear(Xsrf.Cookie, options.HubPrefix);

        void Clear(string name, string path) => context.Response.Cookies.Delete(name, new CookieOptions { Path = path, Secure = secure });
    }
}
