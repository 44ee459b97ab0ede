using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The pages that a person meets between login and server.</summary>
internal static class PageEndpoints
{
    // Going back and forth between hub and server this often means that neither lets the other have the browser.
    private const int MostRedirects = 4;

    public static void MapPages(this IEndpointRouteBuilder routes, HubOptions options)
    {
        var hub = options.HubPrefix;
        routes.MapAssets(options);
        routes = routes.MapGroup("").AddEndpointFilter(GiveXsrfCookie);
        routes.MapAdmin(options);
        routes.MapGet(hub, (HttpContext context) => Answer.Redirect(LoginEndpoints.Home(options, context.Caller().SignedIn))).ForSignedIn();
        routes.MapGet(hub + "home", (HttpContext context, TimeProvider clock) => Answer.Page(HomePage.Of(options, context.Caller().SignedIn, clock.GetUtcNow()))).ForSignedIn();
        routes.MapGet(hub + "token", ShowTokens).ForSignedIn();
        routes.MapGet(hub + "spawn", () => Answer.Redirect(hub + "home")).ForSignedIn();
        routes.MapGet(hub + "spawn-pending/{user}", ShowPending).ForSignedIn();
        routes.MapGet(hub + "spawn-pending/{user}/{server}", ShowPending).ForSignedIn();
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
        }

        return answer;
    }

    private static Answer ShowTokens(HttpContext context, HubOptions options, HubState state, TimeProvider clock)
    {
        var user = context.Caller().SignedIn;
        return Answer.Page(TokenPage.Of(options, user, state.Tokens.Of(user), clock.GetUtcNow()));
    }

    private static Answer ShowPending(HttpContext context, HubOptions options, HubState state, string user, string? server)
    {
        var found = Owner(context.Caller(), state, user).Servers.GetValueOrDefault(server ?? "");
        return found?.State switch
        {
            ServerState.Ready => Answer.Redirect(found.Prefix),
            ServerState.Spawning => Answer.Page(PendingPage.Of(options, found, context.Caller().SignedIn)),
            _ => throw NotRunning(),
        };
    }

    /// <summary>Where requests for /user/... end up that no route took, because there is no such server or it is not there now.</summary>
    private static Answer LeadToServer(HttpContext context, HubOptions options, HubState state, Callers callers)
    {
        var isGet = HttpMethods.IsGet(context.Request.Method);

        // No protection from forgery: nothing is changed, and a redirect to a server gives nothing away.
        if ((callers.ByToken(context.Request) ?? callers.BySession(context)) is not { } caller)
        {
            return isGet ? Gate.ToLogin(context, options) : throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
        }

        var target = options.BaseUrl + context.RawTarget()[options.HubPrefix.Length..];
        var names = HubPaths.PathOf(target)[(options.BaseUrl.Length + "user/".Length)..].Split('/').Select(Uri.UnescapeDataString).ToArray();
        var owner = Owner(caller, state, names[0]);
        var server = owner.Servers.GetValueOrDefault(names.ElementAtOrDefault(1) ?? "") ?? owner.DefaultServer;
        if (server?.State == ServerState.Ready && isGet)
        {
            _ = int.TryParse(context.Request.Query["redirects"], out var redirects);
            return redirects >= MostRedirects
                ? throw new HubError(StatusCodes.Status500InternalServerError, "Redirect loop detected: the server does not take requests that the hub sends it.")
                : Answer.Redirect(CountRedirect(target, redirects));
        }

        var wantsJson = !isGet || names.Contains("api") || context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase);
        if (wantsJson)
        {
            var host = options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}";
            var message = $"JupyterHub server no longer running at {target}. Restart the server at {host}{options.HubPrefix}spawn/{HubNames.Segment(owner.Name)}";
            return Answer.Json(new JsonObject { ["message"] = message }, StatusCodes.Status424FailedDependency);
        }

        return server?.State == ServerState.Spawning
            ? Answer.Redirect($"{options.HubPrefix}spawn-pending/{server.Prefix[(options.BaseUrl.Length + "user/".Length)..^1]}", StatusCodes.Status303SeeOther)
            : throw NotRunning();
    }

    // Somebody else's servers are not even there for those who may not use them.
    private static User Owner(Caller caller, HubState state, string name) =>
        state.FindUser(name) is { } owner && (owner == caller.User || Scopes.Reach(caller.Scopes, "access:servers", owner.Name))
            ? owner
            : throw new HubError(StatusCodes.Status404NotFound, "There is no such server, or it is not yours.");

    private static HubError NotRunning() =>
        new(StatusCodes.Status424FailedDependency, "Nothing answers at this address. Its owner has to start the server; the hub keeps looking for it.");

    private static string CountRedirect(string target, int redirects)
    {
        var path = HubPaths.PathOf(target);
        var query = target[path.Length..].TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(pair => !pair.StartsWith("redirects=", StringComparison.Ordinal));
        return $"{path}?{string.Join('&', [.. query, $"redirects={redirects + 1}"])}";
    }
}
