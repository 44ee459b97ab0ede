using System.Globalization;
using Microsoft.AspNetCore.Authentication;

namespace Waiide.Gateway.Auth;

/// <summary>The login of a gateway without a hub: the link that the console shows, or its token typed into a page.</summary>
internal sealed class TokenLogin(GatewayOptions options, Sessions sessions, Guesses guesses, Devices devices, GatewayMetrics metrics)
{
    internal static string Link(string prefix, string target) => target == prefix ? prefix + "login" : $"{prefix}login?next={Uri.EscapeDataString(target)}";

    /// <summary>
    /// GET {prefix}login: the page, or with ?token= the session and a clean URL, so that the token stays neither in the address bar nor in a Referer. A picture, a script or a
    /// frame of any page can ask for that, too: a token is looked at only where somebody opens it.
    /// </summary>
    internal async Task<IResult> GetAsync(HttpContext context)
    {
        var target = LocalPath.Within(options.Prefix, context.Request.Query["next"]);
        var isOpened = Navigation.IsTopLevel(context.Request) || (options.FrameAncestors is not null && Navigation.IsDocument(context.Request));
        return isOpened && context.Request.Query["token"].ToString() is { Length: > 0 } token
            ? Check(context, token, target)
            : (await context.AuthenticateAsync()).Succeeded ? TypedResults.Redirect(target) : Page(StatusCodes.Status200OK, target, null);
    }

    /// <summary>POST {prefix}login: the page's form.</summary>
    internal async Task<IResult> PostAsync(HttpContext context)
    {
        // Another site must not sign a browser in either: its user would work in somebody else's IDE.
        if (CrossSite.Objection(context, originIsRequired: true) is { } objection)
        {
            metrics.SignInRefused(SignInRefusals.CrossSite);
            return Refusal.Of(context.Request, StatusCodes.Status403Forbidden, "Not from here", objection);
        }

        if (!PostedForm.IsOf(context.Request))
        {
            return Refusal.Of(context.Request, StatusCodes.Status415UnsupportedMediaType, "Not a form", "Send the token as a form (application/x-www-form-urlencoded).");
        }

        try
        {
            var form = await PostedForm.ReadAsync(context);
            return Check(context, form["token"].ToString().Trim(), LocalPath.Within(options.Prefix, form["next"]));
        }
        catch (Exception malformed) when (malformed is InvalidDataException or IOException)
        {
            // Anybody may send this: no failure of ours, and no line in the log. Kestrel knows better words than 400 for what is too large or too slow.
            var status = (malformed as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            return Refusal.Of(context.Request, status, "Not understood", "The form is malformed, too large or too slow.");
        }
    }

    private IResult Check(HttpContext context, string token, string target)
    {
        // With WAIIDE_AUTH=none every token will do.
        var guess = options.Token is null ? new Guesses.Guess(IsRight: true) : guesses.Try(Guesser(context), token);
        if (guess.Wait is { } wait)
        {
            metrics.SignInRefused(SignInRefusals.TooManyGuesses);
            var guessing = new TooManyGuessesException(wait);
            context.Response.Headers.RetryAfter = guessing.Seconds.ToString(CultureInfo.InvariantCulture);
            return Page(StatusCodes.Status429TooManyRequests, target, guessing.Message);
        }

        if (!guess.IsRight)
        {
            metrics.SignInRefused(SignInRefusals.WrongToken);
            return Page(StatusCodes.Status401Unauthorized, target, "This is not the token of this server.");
        }

        sessions.Begin(context);
        if (options.Token is not null)
        {
            devices.Remember(context);
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Redirect(target);
    }

    // A link of another site may sign in, but a site that opens wrong ones keeps nobody from typing the right one.
    private string Guesser(HttpContext context) =>
        devices.Of(context.Request) ?? guesses.AddressOf(context) + (context.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "none" or "same-origin" ? "" : " by a link of another site");

    private IResult Page(int status, string target, string? problem) => HtmlPage.Of(
        status,
        "Sign in",
        $"""
        {(problem is null ? "" : $"<p role=\"alert\"><strong>{HtmlPage.Encode(problem)}</strong></p>")}
        <form method="post" action="{HtmlPage.Encode(options.Prefix)}login">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
        <input name="next" type="hidden" value="{HtmlPage.Encode(target)}">
        <button>Sign in</button>
        </form>
        <p class="quiet">The console where Waiide was started shows a link that has the token in it; or it is what WAIIDE_TOKEN was set to.</p>
        """);
}
