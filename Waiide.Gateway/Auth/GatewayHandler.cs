using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
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
    TokenCache users,
    Login login)
    : AuthenticationHandler<AuthenticationSchemeOptions>(scheme, loggers, encoder)
{
    internal const string SchemeName = "Waiide";

    private const int LongestHeader = 1024;

    private const string HubSessionCookie = "jupyterhub-session-id";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint()?.Metadata is { } endpoint && endpoint.GetMetadata<IAllowAnonymous>() is not null && endpoint.GetMetadata<AsksWhoItIs>() is null)
        {
            return AuthenticateResult.NoResult(); // Nobody is asked about for nothing: a monitor's probe is no reason to bother the hub.
        }

        if (options.AuthIsOff)
        {
            return Success(SignedIn.Owner(options, SignedIn.ByNothing));
        }

        try
        {
            // An invalid header is no reason to refuse: the app of a dev server may have tokens of its own.
            if (HeaderToken(Request) is { } token && await IdentifyAsync(token, SignedIn.ByToken) is { } byToken)
            {
                return Success(byToken);
            }

            foreach (var session in sessions.Of(Request))
            {
                if (options.Hub is null)
                {
                    return Success(SignedIn.Owner(options, SignedIn.ByCookie));
                }

                if (await IdentifyAsync(session, SignedIn.ByCookie) is { } byCookie)
                {
                    return Success(byCookie);
                }
            }

            return AuthenticateResult.NoResult();
        }
        catch (HubException failure)
        {
            return AuthenticateResult.Fail(failure); // Told where somebody is refused for it; anonymous endpoints do without.
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if ((await HandleAuthenticateOnceSafeAsync()).Failure is HubException failure)
        {
            await Refusal.Of(Request, failure.Status, "The hub does not answer", failure.Message, "<p>Reload this page in a moment.</p>").ExecuteAsync(Context);
        }
        else if (Navigation.IsTopLevel(Request))
        {
            await login.Start(Context).ExecuteAsync(Context);
        }
        else
        {
            Response.Headers.WWWAuthenticate = "Bearer";
            await Refusal.Of(Request, StatusCodes.Status401Unauthorized, "Not signed in", "Sign in first: open this server in a browser, or send an Authorization header.").ExecuteAsync(Context);
        }
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Refusal.Of(
            Request,
            StatusCodes.Status403Forbidden,
            "Not your server",
            $"You are signed in as {Context.User.Identity!.Name}, who {(Access.MayUseServer(Context.User) ? "may use this server, but not stop or start it" : "may not use this server")}.",
            $"<p>Ask its owner to share it with you, or <a href=\"{HtmlPage.Encode(options.Prefix)}logout\">sign in as somebody else</a>.</p>").ExecuteAsync(Context);

    private async Task<ClaimsPrincipal?> IdentifyAsync(string token, string by)
    {
        if (options.Hub is null)
        {
            return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(options.Token!)) ? SignedIn.Owner(options, by) : null;
        }

        var hubSession = Cookies.Values(Request, HubSessionCookie).FirstOrDefault() ?? "";
        return await users.FindAsync(token, hubSession) is { } user ? SignedIn.HubUser(user, options, by) : null;
    }

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
