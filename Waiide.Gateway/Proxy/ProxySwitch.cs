using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Proxy;

/// <summary>Sends each authorized request on its way: to the IDE, to a dev server, or nowhere.</summary>
internal sealed class ProxySwitch(GatewayOptions options, IdeAddress address, IdeForwarder ide, PortForwarder ports)
{
    public Task ForwardAsync(HttpContext context)
    {
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (RawTarget.After(rawTarget, options.Prefix) is not { } target)
        {
            return Refusal.Of(context.Request, StatusCodes.Status400BadRequest, "Not an address here", "The address has a \".\", a \"..\", a backslash, a \"#\" or a control character in its path, or does not begin with this server's prefix.")
                .ExecuteAsync(context);
        }

        switch (ProxyRoute.Of(target, options, address.Now is { Socket: null } place ? place.Url.Port : null))
        {
            case ProxyRoute.Refused refused:
                return Refusal.Of(context.Request, refused.Status, "Not reachable here", refused.Sentence, HtmlPage.OpenIde(options)).ExecuteAsync(context);
            case ProxyRoute.AddSlash slash:
                return Results.Redirect(slash.Location, permanent: false, preserveMethod: true).ExecuteAsync(context);
            case ProxyRoute.ToPort port:
                return ports.ForwardAsync(context, port.Server, port.Target);
            case ProxyRoute.Ide route:
                // At /proxy/8071/ is the same workbench as at the root, and everything that goes by the path has to take it for that.
                var path = RawTarget.PathOf(route.Target);
                if (path.Contains('%') || !path.SequenceEqual(context.Request.Path.Value))
                {
                    context.Request.Path = Uri.UnescapeDataString(path);
                }

                return ide.ForwardAsync(context, route.Target);
            case var other:
                throw new UnreachableException($"There is no way for {other}.");
        }
    }
}
