using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Gateway.Auth;

/// <summary>Sends a person who is not signed in to where that can be done: the hub, or our own page.</summary>
internal sealed class Login(GatewayOptions options, IServiceProvider services)
{
    internal IResult Start(HttpContext context)
    {
        // The raw target: re-encoding a decoded path would turn %2F into %252F.
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = LocalPath.Within(options.Prefix, Spelling.OfCookies(raw, options.Prefix) ?? raw);
        return options.Hub is null
            ? TypedResults.Redirect(TokenLogin.Link(options.Prefix, target))
            : services.GetRequiredService<HubLogin>().Start(context, target);
    }
}
