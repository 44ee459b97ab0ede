using Microsoft.AspNetCore.Authorization;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>Lets a request through to its endpoint. An endpoint says who may call it; one that says nothing is closed.</summary>
internal sealed class Gate(RequestDelegate next, HubOptions options, Callers callers)
{
    private static readonly string[] OfDefaultServer = ["/server", "/servers/", "/shares/{user}/"];

    public async Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()!.Metadata;
        if (metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            var access = metadata.GetMetadata<Access>() ?? throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
            var caller = access.SignedInOnly ? await callers.SignedInAsync(context) : await callers.AnyAsync(context);
            if (caller is null && access.SignedInOnly && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
            {
                await ToLogin(context, options).ExecuteAsync(context);
                return;
            }

            context.Features.Set(Check(context, caller, access));
        }

        await next(context);
    }

    /// <summary>The login page, which leads back to where the browser wanted to go.</summary>
    public static Answer ToLogin(HttpContext context, HubOptions options) =>
        Answer.Redirect($"{options.HubPrefix}login?next={Uri.EscapeDataString(context.RawTarget())}");

    private Caller Check(HttpContext context, Caller? caller, Access access)
    {
        if (caller is null)
        {
            throw new HubError(StatusCodes.Status403Forbidden, access.AnyOf.Length == 0 ? "Forbidden" : options.Profile.TellsMissingCredentials ? "Missing or invalid credentials." : Requires(access));
        }

        // As in JupyterHub, the first scope that the caller has decides, and not the one that would fit best.
        if (access.AnyOf.Length == 0)
        {
            return caller;
        }

        var deciding = access.AnyOf.FirstOrDefault(scope => Scopes.Mention(caller.Scopes, scope))
            ?? throw new HubError(StatusCodes.Status403Forbidden, Requires(access));
        var targets = Targets(context).ToArray();

        // Whoever may not read about somebody does not learn whether there is one. Lists filter for themselves.
        return caller.Scopes.Contains(deciding) || targets.Length == 0 || targets.Any(target => caller.Scopes.Contains($"{deciding}!{target}"))
            ? caller
            : throw new HubError(StatusCodes.Status404NotFound, "No access to resources or resources not found");
    }

    private static string Requires(Access access) => $"Action is not authorized with current scopes; requires any of [{string.Join(", ", access.AnyOf)}]";

    // What the path is about, as filters of scopes: user=alice, server=alice/env-one.
    private static IEnumerable<string> Targets(HttpContext context)
    {
        foreach (var kind in new[] { "user", "group", "service" })
        {
            if (context.GetRouteValue(kind) is string name)
            {
                yield return $"{kind}={name}";
            }
        }

        // users/{user}/server is the default server's, and so are users/{user}/servers/ and shares/{user}/, where its empty name would stand.
        var path = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        var isDefault = path.Contains("/server/", StringComparison.Ordinal) || OfDefaultServer.Any(end => path.EndsWith(end, StringComparison.Ordinal));
        if ((isDefault ? "" : context.GetRouteValue("server") as string) is { } server)
        {
            yield return $"server={context.GetRouteValue("user")}/{server}";
        }
    }
}

/// <summary>Who may call an endpoint: holders of any of these scopes (for the user in the path, if it names one), or with none given everyone whom the hub knows.</summary>
internal sealed record Access(bool SignedInOnly, params string[] AnyOf);

/// <summary>How endpoints say who may call them, and learn who did.</summary>
internal static class GateExtensions
{
    public static TBuilder ForScopes<TBuilder>(this TBuilder endpoint, params string[] anyOf) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Access(SignedInOnly: false, anyOf));

    /// <summary>For every token and every signed-in browser.</summary>
    public static TBuilder ForAnyCaller<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Access(SignedInOnly: false));

    /// <summary>For browsers: without a session, a page leads to the login.</summary>
    public static TBuilder ForSignedIn<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Access(SignedInOnly: true));

    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>()!;
}
