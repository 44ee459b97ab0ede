namespace Waiide.Gateway.Auth;

/// <summary>GET {prefix}logout: ends the session here at once, and goes on to the hub's logout, which ends all others.</summary>
internal sealed class Logout(GatewayOptions options, Sessions sessions, TokenCache users, StandingWatch watch, HubLogin? hubLogin = null)
{
    internal IResult Get(HttpContext context)
    {
        foreach (var session in sessions.Of(context.Request).Where(session => session.HubToken.Length > 0))
        {
            users.Evict(session.HubToken);
        }

        sessions.End(context);
        _ = watch.LookAsync(); // What the session has open ends now; the browser need not wait for that.
        hubLogin?.Forget(context);
        context.Response.Headers.CacheControl = "no-store";
        return options.Hub is { } hub ? TypedResults.Redirect(hub.PageOf("logout")) : options.AuthIsOff ? TypedResults.Redirect(options.Prefix) : SignedOutPage();
    }

    private IResult SignedOutPage() => HtmlPage.Of(
        StatusCodes.Status200OK,
        "You are signed out",
        $"""
        <p>VS Code goes on running here, with its terminals; this browser can no longer reach it.</p>
        <p><a href="{HtmlPage.Encode(options.Prefix)}login">Sign in again</a></p>
        """);
}
