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
        routes.MapGet(hub, (HttpContext context) => Answer.Redirect(LoginEndpoints.Home(options, context.Caller().User))).ForSignedIn();
        routes.MapGet(hub + "home", (HttpContext context) => Answer.Page(HomePage.Of(options, context.Caller().User))).ForSignedIn();
        routes.MapGet(hub + "spawn", () => Answer.Redirect(hub + "home")).ForSignedIn();
        routes.MapGet(hub + "spawn-pending/{user}/{server?}", ShowPending).ForSignedIn();
        routes.Map(hub + "user/{**rest}", LeadToServer).AllowAnonymous(); // Asks for itself: tokens count here, and it answers in JSON where pages do not help.
    }

    private static Answer ShowPending(HttpContext context, HubOptions options, HubState state, string user, string? server)
    {
        var found = Find(context.Caller(), state, user, server ?? "");
        return found.State switch
        {
            ServerState.Ready => Answer.Redirect(found.Prefix),
            ServerState.Pending => Answer.Page(PendingPage.Of(options, found, context.Caller().User)),
            _ => throw NotRunning(found),
        };
    }

    /// <summary>Where requests for /user/... end up that no route took, because there is no such server or it is not there now.</summary>
    private static async Task<Answer> LeadToServer(HttpContext context, HubOptions options, HubState state, Callers callers)
    {
        var isGet = HttpMethods.IsGet(context.Request.Method);

        // No protection from forgery: nothing is changed, and a redirect to one's own server gives nothing away.
        if ((callers.ByToken(context.Request) ?? callers.BySession(context)) is not { } caller)
        {
            return isGet ? Gate.ToLogin(context, options) : throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
        }

        var target = options.BaseUrl + context.RawTarget()[options.HubPrefix.Length..];
        var names = HubPaths.PathOf(target)[(options.BaseUrl.Length + "user/".Length)..].Split('/').Select(Uri.UnescapeDataString).ToArray();
        var server = Find(caller, state, names[0], names.ElementAtOrDefault(1) ?? "", orDefault: true);
        if (server.State == ServerState.Ready && isGet)
        {
            _ = int.TryParse(context.Request.Query["redirects"], out var redirects);
            return redirects >= MostRedirects
                ? throw new HubError(StatusCodes.Status500InternalServerError, "Redirect loop detected: the server does not take requests that the hub sends it.")
                : Answer.Redirect(CountRedirect(target, redirects));
        }

        var wantsJson = !isGet || context.Request.Headers.Accept.Any(accept => accept?.Contains("application/json", StringComparison.OrdinalIgnoreCase) is true) || names.Contains("api");
        if (wantsJson)
        {
            var host = options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}";
            var message = $"JupyterHub server no longer running at {target}. Restart the server at {host}{options.HubPrefix}spawn/{HubNames.Segment(server.User.Name)}";
            return Answer.Json(new JsonObject { ["message"] = message }, StatusCodes.Status424FailedDependency);
        }

        return server.State == ServerState.Pending
            ? Answer.Redirect($"{options.HubPrefix}spawn-pending/{server.Prefix[(options.BaseUrl.Length + "user/".Length)..^1]}", StatusCodes.Status303SeeOther)
            : throw NotRunning(server);
    }

    // Somebody else's server is not even there for those who may not use it.
    private static Server Find(Caller caller, HubState state, string user, string name, bool orDefault = false)
    {
        var servers = state.FindUser(user)?.Servers;
        var server = servers?.GetValueOrDefault(name) ?? (orDefault ? servers?.GetValueOrDefault("") : null);
        return server is not null && (server.User == caller.User || Scopes.Reach(caller.Scopes, "access:servers", server))
            ? server
            : throw new HubError(StatusCodes.Status404NotFound, "There is no such server, or it is not yours.");
    }

    private static HubError NotRunning(Server server) =>
        new(StatusCodes.Status424FailedDependency, $"Nothing answers for {server.Prefix}. Its owner has to start it; the hub keeps looking for it.");

    private static string CountRedirect(string target, int redirects)
    {
        var path = HubPaths.PathOf(target);
        var query = target[path.Length..].TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(pair => !pair.StartsWith("redirects=", StringComparison.Ordinal));
        return $"{path}?{string.Join('&', [.. query, $"redirects={redirects + 1}"])}";
    }
}
