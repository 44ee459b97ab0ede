using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>The two cookies by which a browser shows its session.</summary>
internal sealed class Sessions(HubOptions options, HubState state, TimeProvider clock)
{
    private const string SessionCookie = "jupyterhub-session-id";
    private const string LoginCookie = "jupyterhub-hub-login";
    private const string ServicesCookie = "jupyterhub-services";

    /// <summary>The session that the request belongs to; one whose cookie may not count here is none.</summary>
    public Session? Of(HttpContext context)
    {
        var logins = RawCookies.Values(context.Request, LoginCookie).ToArray();
        var open = Open(logins);
        var session = open.Length == 1 ? open[0] : null; // Of two, a page of a server may have set one.
        if (open.Length == 0 && logins.Length > 0)
        {
            // It will not become valid again.
            Clear(context, LoginCookie, options.HubPrefix);
        }

        // Before there was _xsrf, the API looked where a browser came from before it looked at its cookie.
        var counts = options.Profile.HasXsrfCookie || !HubPaths.IsApi(options, context.RawPath()) || RefererRule.AllowsApi(context.Request, options);
        return counts ? session : null;
    }

    /// <summary>A new session in the place of the one that was: never one whose id somebody else may have put into the browser.</summary>
    public Session Open(HttpContext context, User user)
    {
        foreach (var before in Open(RawCookies.Values(context.Request, LoginCookie)))
        {
            state.CloseSession(before);
        }

        var login = Secrets.Hex() + Secrets.Hex();
        var session = state.OpenSession(user, login);
        ShowId(context, session);
        Append(context, LoginCookie, login, options.HubPrefix, clock.GetUtcNow().AddDays(30));
        return session;
    }

    /// <summary>Gives a signed-in browser the session's id again if it came without: servers look at it.</summary>
    public void Remind(HttpContext context, Session session)
    {
        if (!RawCookies.Values(context.Request, SessionCookie).Contains(session.Id))
        {
            ShowId(context, session);
        }
    }

    /// <summary>Ends the session: its cookies, and every OAuth token that a server got in it.</summary>
    public void Close(HttpContext context, Session session)
    {
        state.CloseSession(session);
        Clear(context, SessionCookie, options.BaseUrl);
        Clear(context, LoginCookie, options.HubPrefix);
        Clear(context, ServicesCookie, options.BaseUrl + "services");
        Clear(context, Xsrf.Cookie, options.Profile.HasXsrfCookie ? options.HubPrefix : "/");
    }

    private Session[] Open(IEnumerable<string> logins) => [.. logins.Select(state.FindSession).OfType<Session>().Distinct()];

    private void ShowId(HttpContext context, Session session) => Append(context, SessionCookie, session.Id, options.BaseUrl, expires: null);

    private void Append(HttpContext context, string name, string value, string path, DateTimeOffset? expires) => context.Response.Cookies.Append(
        name, value, new CookieOptions { HttpOnly = true, Secure = BrowserProtocol.IsHttps(context.Request, options), Path = path, Expires = expires });

    private void Clear(HttpContext context, string name, string path) =>
        context.Response.Cookies.Delete(name, new CookieOptions { Path = path, Secure = BrowserProtocol.IsHttps(context.Request, options) });
}
