using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Waiide.Gateway.Hub;
using Waiide.ServiceDefaults;

namespace Waiide.Gateway.Auth;

/// <summary>
/// The way through the hub's login and back: OAuth's authorization code with PKCE. Each login has a state cookie of its own, so that tabs are signed in side by side;
/// the verifier and the page to come back to are in it, encrypted.
/// </summary>
internal sealed partial class HubLogin(
    GatewayOptions options, HubClient hub, Strangers strangers, Sessions sessions, Cookies cookies, IDataProtectionProvider protection, GatewayMetrics metrics, TimeProvider clock, ILogger<HubLogin> logger)
{
    private const int Rounds = 3;
    private const int LongestState = 1500;
    private const int LongestStates = 4 * LongestState;

    // https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1; anybody can make a link with any other words in the hub's name.
    private static readonly string[] Refusals =
        ["invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type", "invalid_scope", "server_error", "temporarily_unavailable"];

    private static readonly TimeSpan StateLifetime = TimeSpan.FromMinutes(10);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Waiide.OAuthState", options.Prefix).ToTimeLimitedDataProtector();
    private readonly UsedStates _used = new(clock);
    private readonly Seldom _loops = new(clock);
    private readonly Seldom _failures = new(clock);

    private sealed record Pending(string State, string Verifier, string Target);

    private string StatePrefix => sessions.CookieName + "-oauth-state-";

    // Set together with the session: a browser that comes back with this cookie but without the session did not keep the session.
    private string RoundCookie => sessions.CookieName + "-oauth-round";

    /// <summary>Redirects to the hub, to come back to <paramref name="target"/>.</summary>
    internal IResult Start(HttpContext context, string target)
    {
        var round = Cookies.Values(context.Request, RoundCookie).Select(RoundOf).FirstOrDefault();
        return Start(context, target, round, missing: sessions.CookieName);
    }

    /// <summary>GET {prefix}oauth_callback: the hub sends the browser back with a code.</summary>
    internal async Task<IResult> ReturnAsync(HttpContext context)
    {
        string? code = context.Request.Query["code"], state = context.Request.Query["state"], error = context.Request.Query["error"];
        if (!string.IsNullOrEmpty(error))
        {
            metrics.SignInRefused(SignInRefusals.HubRefused);
            return Page(StatusCodes.Status403Forbidden, "The hub refused the login", Refusals.Contains(error) ? $"Its reason: {error}." : "Its reason is none of those that hubs give.");
        }

        if (string.IsNullOrEmpty(code) || string.IsNullOrEmpty(state))
        {
            metrics.SignInRefused(SignInRefusals.NoLogin);
            return Page(StatusCodes.Status400BadRequest, "Not a login", "The code or the state is missing: this page is only for the way back from the hub.");
        }

        if (Take(context, state) is not { } pending)
        {
            // An old tab, or a reloaded or bookmarked page: harmless for those who are signed in.
            return (await context.AuthenticateAsync()).Succeeded
                ? TypedResults.Redirect(options.Prefix)
                : Start(context, options.Prefix, RoundOf(state) + 1, missing: StateCookie(state));
        }

        try
        {
            // A state of ours is no pass: the redirect to the hub hands them out.
            if (await Traces.Around("oauth code exchange", () => strangers.RedeemAsync(() => hub.RedeemAsync(code, pending.Verifier, context.RequestAborted))) is not { } granted)
            {
                metrics.SignInRefused(SignInRefusals.UsedUp);
                return Page(StatusCodes.Status403Forbidden, "This login is used up", "The hub does not accept its code any more.");
            }

            if (await Traces.Around("oauth user", () => hub.FindUserAsync(granted.Token, context.RequestAborted)) is not { } user)
            {
                metrics.SignInRefused(SignInRefusals.UsedUp);
                return Page(StatusCodes.Status403Forbidden, "The login did not hold", "The hub does not know the token that it has just given.");
            }

            // Whoever may not use this server is signed in all the same: the page that says so can then offer to sign out.
            Log.SignedIn(logger, new LogText(user.Name));
            sessions.Begin(context, granted.Token, granted.Lifetime);
            cookies.Set(context, RoundCookie, Number(RoundOf(state) + 1), TimeSpan.FromMinutes(1), forTheWayBack: true);
            Journey.GoesOn(context);
            return options.Cookies.SameSite == "Strict" ? FromHere(pending.Target) : TypedResults.Redirect(pending.Target);
        }
        catch (HubException failure)
        {
            if (_failures.IsDue())
            {
                Log.Failed(logger, failure.Message);
            }

            metrics.SignInRefused(SignInRefusals.HubUnavailable);
            failure.SayWhenToRetry(context.Response);
            return Page(failure.Status, "The hub does not answer", failure.Message);
        }
    }

    /// <summary>Forgets the rounds of earlier logins, at a logout.</summary>
    internal void Forget(HttpContext context) => cookies.Clear(context, RoundCookie);

    private IResult Start(HttpContext context, string target, int round, string missing)
    {
        if (round >= Rounds)
        {
            metrics.SignInRefused(SignInRefusals.CookiesNotKept);
            Forget(context);
            if (_loops.IsDue())
            {
                Log.Loop(logger, missing, options.Prefix);
            }

            return Page(
                StatusCodes.Status403Forbidden,
                "Your browser does not keep the login",
                $"After {Rounds} logins it still does not send back the cookie {missing} (path {options.Prefix}). Allow cookies for this site; if they are allowed, a proxy on the way removes them.");
        }

        // Logins that were never finished leave their cookies; with too many of them the request would be too large.
        var old = Cookies.All(context.Request).Where(cookie => cookie.Name.StartsWith(StatePrefix, StringComparison.Ordinal)).ToArray();
        foreach (var (name, _) in old.Sum(cookie => cookie.Name.Length + cookie.Value.Length) > LongestStates ? old : [])
        {
            cookies.Clear(context, name);
        }

        var state = Random(18) + Number(round);
        var verifier = Random(32);
        var pending = Protect(new Pending(state, verifier, target));
        cookies.Set(context, StateCookie(state), pending.Length <= LongestState ? pending : Protect(new Pending(state, verifier, options.Prefix)), StateLifetime, forTheWayBack: true);
        return TypedResults.Redirect(QueryHelpers.AddQueryString(options.Hub!.PageOf("api/oauth2/authorize"), new Dictionary<string, string?>
        {
            ["client_id"] = options.Hub.ClientId,
            ["redirect_uri"] = options.Hub.CallbackUrl,
            ["response_type"] = "code",
            ["state"] = state,
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        }));
    }

    // Once only: a copy of the cookie does not help with a second try.
    private Pending? Take(HttpContext context, string state)
    {
        foreach (var value in Cookies.Values(context.Request, StateCookie(state)))
        {
            if (Read(value) is { } pending && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(pending.State), Encoding.UTF8.GetBytes(state)))
            {
                cookies.Clear(context, StateCookie(state));
                return _used.Take(state, StateLifetime) ? pending : null;
            }
        }

        return null;
    }

    // None of the three has a space in it, and a URL as it is stays short: JSON would make six letters of each "&".
    private string Protect(Pending pending) => _protector.Protect($"{pending.State} {pending.Verifier} {pending.Target}", StateLifetime);

    private Pending? Read(string value) =>
        _protector.Open(value, out _)?.Split(' ') is [var state, var verifier, var target] ? new Pending(state, verifier, target) : null;

    private string StateCookie(string state) => StatePrefix + string.Concat(state.Take(8).Where(char.IsAsciiLetterOrDigit));

    // A Strict cookie is not sent after a redirect that began at another site, where many people sign in to their hub: this page asks anew, from here.
    private static IResult FromHere(string target) => HtmlPage.Of(
        StatusCodes.Status200OK,
        "Signed in",
        $"<p><a id=\"on\" href=\"{HtmlPage.Encode(target)}\">Go on to the IDE</a></p>",
        "location.replace(document.getElementById('on').href);");

    private IResult Page(int status, string title, string sentence) =>
        HtmlPage.Of(status, title, $"<p>{HtmlPage.Encode(sentence)}</p>\n<p><a href=\"{HtmlPage.Encode(options.Prefix)}\">Sign in again</a></p>");

    // The last digit of a state, or all of the cookie. Nothing depends on it but who gets to see the page about cookies.
    private static int RoundOf(string text) => text.Length > 0 && char.IsAsciiDigit(text[^1]) ? text[^1] - '0' : 0;

    private static string Number(int round) => Math.Min(round, 9).ToString(CultureInfo.InvariantCulture);

    private static string Random(int bytes) => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(bytes));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{User} signed in through the hub.")]
        public static partial void SignedIn(ILogger logger, LogText user);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A login failed: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A browser does not send back the cookie {Cookie} (path {Prefix}) and cannot be signed in.")]
        public static partial void Loop(ILogger logger, string cookie, string prefix);
    }
}
