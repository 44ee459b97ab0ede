using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Auth;

/// <summary>Finds out who asks (header, else cookie), and answers those who may not: a person is sent to the login, a program is told.</summary>
internal sealed class GatewayHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> scheme,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    GatewayOptions options,
    Sessions sessions,
    HubAccess hub,
    KnownVisitors visitors,
    Guesses guesses,
    Spelling spelling,
    Login login,
    GatewayMetrics metrics)
    : AuthenticationHandler<AuthenticationSchemeOptions>(scheme, loggers, encoder)
{
    internal const string SchemeName = "Waiide";

    private const int LongestHeader = 1024;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint()?.Metadata is { } endpoint && endpoint.GetMetadata<IAllowAnonymous>() is not null && endpoint.GetMetadata<AsksWhoItIs>() is null)
        {
            return AuthenticateResult.NoResult(); // Nobody is asked about for nothing: a monitor's probe is no reason to bother the hub.
        }

        using var span = Traces.Begin("authenticate");
        var result = await IdentifyAsync();
        span?.SetTag("waiide.auth.by", result.Succeeded ? result.Principal.Identity!.AuthenticationType : "nobody");
        if (result.Failure is { } failure)
        {
            span.Failed(failure.Message);
        }

        return result;
    }

    private async Task<AuthenticateResult> IdentifyAsync()
    {
        if (options.AuthIsOff)
        {
            return Success(SignedIn.Owner(options, SignedIn.ByNothing));
        }

        try
        {
            return options.Hub is null ? Alone() : await UnderAHubAsync(options.Hub);
        }
        catch (HubException failure)
        {
            return AuthenticateResult.Fail(failure); // Told where somebody is refused for it; anonymous endpoints do without.
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        switch ((await HandleAuthenticateOnceSafeAsync()).Failure)
        {
            case HubException failure:
                metrics.SignInRefused(SignInRefusals.HubUnavailable);
                failure.SayWhenToRetry(Response);
                await Refusal.Of(Request, failure.Status, "The hub does not answer", failure.Message, "<p>Reload this page in a moment.</p>").ExecuteAsync(Context);
                break;
            case TooManyGuessesException guessing:
                metrics.SignInRefused(SignInRefusals.TooManyGuesses);
                Response.Headers.RetryAfter = guessing.Seconds.ToString(CultureInfo.InvariantCulture);
                await Refusal.Of(Request, StatusCodes.Status429TooManyRequests, "Too many wrong tokens", guessing.Message).ExecuteAsync(Context);
                break;
            case null when Navigation.IsTopLevel(Request) || IsFrameOfAnEmbedder():
                await login.Start(Context).ExecuteAsync(Context);
                break;
            case null when spelling.Redirects(Context) is { } withCookies:
                Response.Redirect(withCookies);
                break;
            case null:
                metrics.SignInRefused(SignInRefusals.NotSignedIn);
                Response.Headers.WWWAuthenticate = "Bearer";
                await Refusal.Of(Request, StatusCodes.Status401Unauthorized, "Not signed in", "Sign in first: open this server in a browser, or send an Authorization header.").ExecuteAsync(Context);
                break;
            case { } unknown:
                throw new InvalidOperationException("Authentication failed in a way that nobody has words for.", unknown);
        }
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        metrics.SignInRefused(SignInRefusals.NotAllowed);
        return Refusal.Of(
            Request,
            StatusCodes.Status403Forbidden,
            "Not your server",
            $"You are signed in as {new LogText(Context.User.Identity!.Name!)}, who {(Access.MayUseServer(Context.User) ? "may use this server, but not stop or start it" : "may not use this server")}.",
            $"<p>Ask its owner to share it with you, or <a href=\"{HtmlPage.Encode(options.Prefix)}logout\">sign in as somebody else</a>.</p>").ExecuteAsync(Context);
    }

    private async Task<AuthenticateResult> UnderAHubAsync(HubOptions settings)
    {
        // An invalid header is no reason to refuse: the app of a dev server may have tokens of its own.
        if (HeaderToken(Request) is { } token && await hub.IdentifyAsync(Context, token, session: null) is { } byToken)
        {
            return Success(byToken);
        }

        foreach (var session in settings.WebSocketsByCookie || !Request.Headers.ContainsKey("Upgrade") ? sessions.Of(Request) : [])
        {
            if (await hub.IdentifyAsync(Context, session.HubToken, session) is { } byCookie)
            {
                return Success(byCookie);
            }
        }

        return AuthenticateResult.NoResult();
    }

    private AuthenticateResult Alone()
    {
        var session = sessions.Of(Request).FirstOrDefault();
        var guess = HeaderToken(Request) is { } token ? session is null ? guesses.Try(guesses.AddressOf(Context), token) : guesses.Look(token) : null;
        if (guess is { IsRight: true })
        {
            return Success(SignedIn.Owner(options, SignedIn.ByToken));
        }

        if (session is null)
        {
            return guess is { Wait: { } wait } ? AuthenticateResult.Fail(new TooManyGuessesException(wait)) : AuthenticateResult.NoResult();
        }

        var (owner, standing) = (SignedIn.Owner(options, SignedIn.ByCookie), new Standing(() => Task.FromResult(sessions.Objection(session))));
        Context.Features.Set(standing);
        visitors.Identified(Context, owner, standing, session, held: null);
        return Success(owner);
    }

    // Where other sites may show the IDE in a frame, its login has to be possible there too: the cookies of a tab of its own are not sent.
    private bool IsFrameOfAnEmbedder() =>
        options.FrameAncestors is not null && HttpMethods.IsGet(Request.Method) && Navigation.IsDocument(Request);

    // "Authorization: token abc" as hubs say it, or "bearer abc". What no hub gives out is not asked about.
    private static string? HeaderToken(HttpRequest request) =>
        request.Headers.Authorization is [{ Length: <= LongestHeader } header]
        && header.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var kind, var token]
        && (kind.Equals("token", StringComparison.OrdinalIgnoreCase) || kind.Equals("bearer", StringComparison.OrdinalIgnoreCase))
        && token.All(letter => letter is >= '!' and <= '~')
            ? token
            : null;

    private static AuthenticateResult Success(ClaimsPrincipal user) => AuthenticateResult.Success(new AuthenticationTicket(user, SchemeName));
}
