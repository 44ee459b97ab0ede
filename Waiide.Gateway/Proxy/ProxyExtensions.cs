using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Waiide.Gateway.Proxy;

/// <summary>Puts the proxy to the IDE into the builder and the pipeline.</summary>
internal static class ProxyExtensions
{
    internal static void AddIdeProxy(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<OpenWebSockets>();
        builder.Services.AddSingleton<Autopsy>();
        builder.Services.AddSingleton<PrivateHeaders>();
        builder.Services.AddSingleton<Exchange>();
        builder.Services.AddSingleton<IdeForwarder>();
        builder.Services.AddSingleton<PortForwarder>();
        builder.Services.AddSingleton<ProxySwitch>();
        builder.Services.AddSingleton<Tunnel>();

        // The forwarder names every error itself, and YARP's own messages hold URLs with their queries.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None);

        // Cookies and names of files may hold any byte: Latin-1 gives each back as it came.
        var digits = new DigitsOnly();
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.RequestHeaderEncodingSelector = name => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? digits : Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
    }

    /// <summary>Everything that no other endpoint claims.</summary>
    internal static void MapIdeProxy(this IEndpointRouteBuilder routes)
    {
        // Made now, so that a stop is noticed by sockets that were opened before the first request for anything else.
        var webSockets = routes.ServiceProvider.GetRequiredService<OpenWebSockets>();
        var exchange = routes.ServiceProvider.GetRequiredService<Exchange>();
        var tunnel = routes.CreateApplicationBuilder().Use(webSockets.LimitAsync).Use(exchange.AsSessionAsync).UseWebSockets();
        tunnel.Run(routes.ServiceProvider.GetRequiredService<Tunnel>().RunAsync);
        routes.Map("/tunnel/{port}", tunnel.Build()).RequireAuthorization(Access.Users).WithDisplayName("TCP ports of the user's")
            .IsMoreThanTheIde(routes.ServiceProvider.GetRequiredService<GatewayOptions>());
        var proxy = routes.CreateApplicationBuilder().Use(webSockets.LimitAsync);
        proxy.Run(routes.ServiceProvider.GetRequiredService<ProxySwitch>().ForwardAsync);
        routes.Map("{**path}", proxy.Build()).RequireAuthorization(Access.Users).WithDisplayName("The IDE and the user's servers");
    }
}
