using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The pages that a person meets between login and server.</summary>
internal static class PageEndpoints
{
    // Going back and forth between hub and server this often means that neither lets the other have the browser; with another version it is known sooner.
    private const int MostRedirects = 4;
    private const int MostRedirectsToOtherVersion = 2;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public static void MapPages(this IEndpointRouteBuilder routes, HubOptions options)
    {
        var hub = options.HubPrefix;
        routes.MapAssets(options);
        routes = routes.MapGroup("").AddEndpointFilter(GiveXsrfCookie);
        routes.MapAdmin(options);
        routes.MapGet(hub, (HttpContext context) => Answer.Redirect(LoginEndpoints.Home(options, context.Caller().SignedIn))).ForSignedIn();
        routes.MapGet(hub + "home", (HttpContext context, TimeProvider clock) => Answer.Page(HomePage.Of(options, context.Caller().SignedIn, clock.GetUtcNow()))).ForSignedIn();
        routes.MapGet(hub + "token", ShowTokens).ForSignedIn();
        SpawnEndpoints.Map(routes, hub);
        routes.Map(hub + "user/{**rest}", LeadToServer).AllowAnonymous(); // Asks for itself: tokens count here, and it answers in JSON where pages do not help.
    }

    // What the script does on a page has to show the cookie's value, and a browser may have lost that one while it kept the login.
    private static async ValueTask<object?> GiveXsrfCookie(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var answer = await next(invocation);
        var context = invocation.HttpContext;
        if (answer is Answer { ContentType: "text/html", Location: null } && context.RequestServices.GetRequiredService<Sessions>().Of(context) is { } session)
        {
            context.RequestServices.GetRequiredService<Xsrf>().TokenFor(context, session);
            context.Response.Headers.CacheControl = "no-store"; // For nobody who comes to this browser later.
        }

        return answer;
    }

    private static Answer ShowTokens(HttpContext context, HubOptions options, HubState state, TimeProvider clock)
    {
        var user = context.Caller().SignedIn;
        return Answer.Page(TokenPage.Of(options, user, state.Tokens.Of(user), clock.GetUtcNow()));
    }

    /// <summary>Where requests for /user/... end up that no route took, because there is no such server or it is not there now.</summary>
    private static async Task<Answer> LeadToServer(HttpContext context, HubOptions options, HubState state, Callers callers, TimeProvider clock)
    {
        var isGet = HttpMethods.IsGet(context.Request.Method);

        // No protection from forgery: nothing is changed, and a redirect to a server gives nothing away.
        if ((callers.ByToken(context) ?? callers.BySession(context)) is not { } caller)
        {
            return isGet ? Gate.ToLogin(context, options) : throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
        }

        var target = options.BaseUrl + context.RawTarget()[options.HubPrefix.Length..];
        var names = HubPaths.PathOf(target)[(options.BaseUrl.Length + "user/".Length)..].Split('/').Select(Uri.UnescapeDataString).ToArray();
        var owner = Owner(caller, state, names[0]);
        var server = (options.Spawner.AllowNamedServers ? owner.Servers.GetValueOrDefault(names.ElementAtOrDefault(1) ?? "") : null) ?? owner.DefaultServer;
        if (server?.State == ServerState.Ready && isGet)
        {
            return await RedirectAsync(context, options, server, target, clock);
        }

        var wantsJson = !isGet || names.Skip(1).Contains("api") || context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase);
        if (wantsJson)
        {
            var host = options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}";
            var message = $"JupyterHub server no longer running at {HubPaths.PathOf(target)}. Restart the server at {host}{SpawnEndpoints.SpawnPath(options, owner, server?.Name ?? "")}";
            return Answer.Json(new JsonObject { ["message"] = message }, StatusCodes.Status424FailedDependency);
        }

        return server is not null && (server.State is ServerState.Spawning or ServerState.Stopping || await Lifecycle.FailureOfAsync(server) is not null)
            ? Answer.Redirect($"{SpawnEndpoints.PendingPath(options, server)}?next={Uri.EscapeDataString(context.RawTarget())}", StatusCodes.Status303SeeOther)
            : Answer.Page(NotRunningPage.Of(options, owner, server?.Name ?? "", caller.User ?? owner, target), StatusCodes.Status424FailedDependency);
    }

    /// <summary>To the server, which the proxy knows by now; after each time that the browser came back, a little later.</summary>
    private static async Task<Answer> RedirectAsync(HttpContext context, HubOptions options, Server server, string target, TimeProvider clock)
    {
        _ = int.TryParse(context.Request.Query["redirects"], out var redirects);
        var isOtherVersion = server.Version != options.Profile.Version;
        if (redirects >= MostRedirects || (redirects >= MostRedirectsToOtherVersion && isOtherVersion))
        {
            var versions = isOtherVersion
                ? $" Notebook has jupyterhub version {new LogText(server.Version is { Length: > 0 } version ? version : "unknown")}, but the Hub expects {options.Profile.Version}."
                : "";
            throw new HubError(StatusCodes.Status500InternalServerError, "Redirect loop detected." + versions);
        }

        if (redirects > 0)
        {
            var pause = TimeSpan.FromSeconds(Math.Pow(2, redirects));
            await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, context.RequestAborted);
        }

        return Answer.Redirect(CountRedirect(target, redirects));
    }

    // Somebody else's servers are not even there for those who may not use them.
    private static User Owner(Caller caller, HubState state, string name) =>
        state.FindUser(name) is { } owner && (owner == caller.User || Scopes.Reach(caller.Scopes, "access:servers", owner.Name))
            ? owner
            : throw new HubError(StatusCodes.Status404NotFound, "There is no such server, or it is not yours.");

    private static string CountRedirect(string target, int redirects)
    {
        var path = HubPaths.PathOf(target);
        var query = target[path.Length..].TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(pair => !pair.StartsWith("redirects=", StringComparison.Ordinal));
        return $"{path}?{string.Join('&', [.. query, $"redirects={redirects + 1}"])}";
    }
}
