using System.Security.Cryptography;
using System.Text;
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

/// <summary>Who may see the pages: whoever came with the token of the printed link, and keeps a cookie since.</summary>
internal static class Login
{
    public static void UseLogin(this WebApplication app)
    {
        app.UseRouting();
        app.Use((context, next) =>
        {
            var options = context.RequestServices.GetRequiredService<DashboardOptions>();
            if (options.BrowserToken is null || context.GetEndpoint()?.Metadata.GetMetadata<Open>() is not null || IsSignedIn(context, options) || HasApiKey(context, options))
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
        routes.MapGet("/login", (HttpContext context, DashboardOptions options, string? t, string? returnUrl) => Enter(context, options, t, returnUrl)).WithMetadata(Open.ToAll);
        routes.MapPost("/login", async (HttpContext context, DashboardOptions options) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            return Enter(context, options, form["t"], form["returnUrl"]);
        }).WithMetadata(Open.ToAll);
    }

    private static IResult Enter(HttpContext context, DashboardOptions options, string? token, string? returnUrl)
    {
        if (options.BrowserToken is null || IsSignedIn(context, options))
        {
            return Results.LocalRedirect(Local(returnUrl));
        }

        if (string.IsNullOrEmpty(token))
        {
            return Page(returnUrl, null);
        }

        if (!Equal(token, options.BrowserToken))
        {
            return Page(returnUrl, "That is not the token of this run. The AppHost prints a link with it at each start.");
        }

        context.Response.Cookies.Append(CookieName(context), CookieValue(options), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true, MaxAge = TimeSpan.FromDays(3) });
        return Results.LocalRedirect(Local(returnUrl));
    }

    private static IResult Page(string? returnUrl, string? problem) => Layout.Bare("Log in", Html.Of($"""
        <form class="card" method="post" action="/login">
        <h1>{Icons.Brand}Log in to the dashboard</h1>
        <p>The AppHost prints a link at its start: <code>Login to the dashboard at …/login?t=</code>. Open it, or enter what follows <code>t=</code> here.</p>
        {(problem is null ? Html.None : Html.Of($"""<p class="error" role="alert">{problem}</p>"""))}
        <label for="token">Token</label>
        <input id="token" name="t" type="password" autocomplete="off" required autofocus>
        <input type="hidden" name="returnUrl" value="{Local(returnUrl)}">
        <button class="primary">Log in</button>
        </form>
        """), problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);

    private static string Local(string? returnUrl) =>
        returnUrl is ['/', ..] && !returnUrl.StartsWith("//", StringComparison.Ordinal) && !returnUrl.StartsWith("/\\", StringComparison.Ordinal) && !returnUrl.Any(char.IsControl) ? returnUrl : "/";

    private static bool IsSignedIn(HttpContext context, DashboardOptions options) =>
        context.Request.Cookies[CookieName(context)] is { } cookie && Equal(cookie, CookieValue(options));

    private static bool HasApiKey(HttpContext context, DashboardOptions options) =>
        options.ApiKey is { } key && context.Request.Headers["x-api-key"] is [{ } given] && Equal(given, key);

    // Cookies ignore ports: two dashboards of one machine must not sign each other out.
    private static string CookieName(HttpContext context) => $".Aspire.Dashboard.{context.Connection.LocalPort}";

    // Not the token itself, which opens the link; from this nobody gets back to it.
    private static string CookieValue(DashboardOptions options) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("dashboard session of " + options.BrowserToken)));

    private static bool Equal(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
