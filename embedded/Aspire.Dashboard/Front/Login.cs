using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Dashboard.Front;

/// <summary>Marks an endpoint that needs no login; all others do.</summary>
internal sealed class Open
{
    public static Open ToAll { get; } = new();
}

/// <summary>Who may see the pages: whoever came with the token of the printed link, and keeps a cookie of this run since.</summary>
internal static class Login
{
    public static void UseLogin(this WebApplication app)
    {
        app.UseRouting();
        app.Use((context, next) =>
        {
            var options = context.RequestServices.GetRequiredService<DashboardOptions>();
            if (options.BrowserToken is null || context.GetEndpoint()?.Metadata.GetMetadata<Open>() is not null || IsSignedIn(context) || HasApiKey(context, options))
            {
                return next(context);
            }

            if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            {
                context.Response.Redirect($"/login?returnUrl={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
                return Task.CompletedTask;
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
    }

    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", (HttpContext context, DashboardOptions options, Guesses guesses, string? t, string? returnUrl) => Enter(context, options, guesses, t, returnUrl)).WithMetadata(Open.ToAll);
        routes.MapPost("/login", async (HttpContext context, DashboardOptions options, Guesses guesses) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            return Enter(context, options, guesses, form["t"], form["returnUrl"]);
        }).WithMetadata(Open.ToAll);
    }

    private static IResult Enter(HttpContext context, DashboardOptions options, Guesses guesses, string? token, string? returnUrl)
    {
        if (options.BrowserToken is null || IsSignedIn(context))
        {
            return Results.LocalRedirect(Local(returnUrl));
        }

        if (string.IsNullOrEmpty(token))
        {
            return Page(returnUrl, null, StatusCodes.Status200OK);
        }

        var (isRight, wait) = guesses.Try(token, options.BrowserToken);
        if (wait is { } pause)
        {
            var seconds = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
            return Page(returnUrl, $"Too many wrong tokens came from this machine. Try again in {seconds} s.", StatusCodes.Status429TooManyRequests);
        }

        if (!isRight)
        {
            return Page(returnUrl, "That is not the token of this run.", StatusCodes.Status401Unauthorized);
        }

        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        context.Response.Cookies.Append(CookieName(context), sessions.New(), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true, MaxAge = Sessions.Length });
        return Results.LocalRedirect(Local(returnUrl));
    }

    private static IResult Page(string? returnUrl, string? problem, int status) => Layout.Bare("Log in", Html.Of($"""
        <form class="card" method="post" action="/login">
        <h1>{Icons.Brand}Log in to the dashboard</h1>
        <p>Enter the token that was set for it. Where none was, a link with one is printed at the start: <code>Login to the dashboard at …/login?t=</code>.</p>
        {(problem is null ? Html.None : Html.Of($"""<p class="error" role="alert">{problem}</p>"""))}
        <label for="token">Token</label>
        <input id="token" name="t" type="password" autocomplete="off" required autofocus>
        <input type="hidden" name="returnUrl" value="{Local(returnUrl)}">
        <button class="primary">Log in</button>
        </form>
        """), status);

    private static string Local(string? returnUrl) =>
        returnUrl is ['/', ..] && !returnUrl.StartsWith("//", StringComparison.Ordinal) && !returnUrl.StartsWith("/\\", StringComparison.Ordinal) && !returnUrl.Any(char.IsControl) ? returnUrl : "/";

    private static bool IsSignedIn(HttpContext context) =>
        context.Request.Cookies[CookieName(context)] is { } cookie && context.RequestServices.GetRequiredService<Sessions>().IsValid(cookie);

    private static bool HasApiKey(HttpContext context, DashboardOptions options) =>
        options.ApiKey is { } key && context.Request.Headers["x-api-key"] is [{ } given] && Guesses.Equal(given, key);

    // Cookies ignore ports: two dashboards of one machine must not sign each other out.
    private static string CookieName(HttpContext context) => $".Aspire.Dashboard.{context.Connection.LocalPort}";
}
