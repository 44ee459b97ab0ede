namespace Waiide.Hub.Mock.Front;

/// <summary>The front proxy's services and places in the pipeline: our own proxy, or the client for one that stands in front.</summary>
internal static class FrontServices
{
    public static void AddFront(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpForwarder();

        // What YARP says in a stack trace, the proxy says in a sentence.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Error);
        builder.Services.AddSingleton<RouteTable>();
        builder.Services.AddSingleton<RouteDoubts>();
        builder.Services.AddSingleton<OwnRoutes>();
        builder.Services.AddSingleton<ExternalRoutes>();
        builder.Services.AddSingleton<IRoutes>(services => services.GetRequiredService<HubOptions>().Proxy.ApiUrl is null
            ? services.GetRequiredService<OwnRoutes>()
            : services.GetRequiredService<ExternalRoutes>());
        builder.Services.AddHostedService<RouteKeeper>();
    }

    public static void UseFront(this IApplicationBuilder app, HubOptions options)
    {
        if (options.Proxy.ApiPort is not null)
        {
            app.UseMiddleware<ProxyApi>();
        }

        if (options.Proxy.ApiUrl is null)
        {
            app.UseMiddleware<FrontProxy>();
        }
    }
}
