using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Waiide.Hub.Mock.Pages;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Hub.Mock.Front;

/// <summary>What configurable-http-proxy is to a JupyterHub: on the front's port, /user/... goes to its server and everything else to the hub.</summary>
internal sealed partial class FrontProxy(
    RequestDelegate next, HubOptions options, RouteTable routes, IHttpForwarder forwarder, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<FrontProxy> logger)
{
    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
    });

    // A WebSocket may be quiet for as long as both ends like.
    private static readonly ForwarderRequestConfig Patient = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task InvokeAsync(HttpContext context)
    {
        // The port, not the Host header: that is the client's to choose.
        if (context.Connection.LocalPort != options.FrontPort)
        {
            await next(context);
            return;
        }

        var path = context.RawPath();
        FrontRoute? route;
        try
        {
            route = routes.Find(path);
        }
        catch (FormatException)
        {
            await FailAsync(context, StatusCodes.Status500InternalServerError, "The address cannot be read: it is not properly percent-encoded.");
            return;
        }

        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        ForwardedHeaders.Append(context, upgrade is { IsUpgradableRequest: true });
        if (path == "/_chp_healthz")
        {
            await Answer.Json(new System.Text.Json.Nodes.JsonObject { ["status"] = "OK" }).ExecuteAsync(context);
        }
        else if (route is null)
        {
            await next(context);
        }
        else
        {
            await ForwardAsync(context, route, upgrade);
        }
    }

    private async Task ForwardAsync(HttpContext context, FrontRoute route, IHttpUpgradeFeature? upgrade)
    {
        LiftLimits(context);
        context.Request.Body = new ActivityStream(context.Request.Body, IsActive);
        if (upgrade is not null)
        {
            context.Features.Set<IHttpUpgradeFeature>(new ActivityUpgrade(upgrade, IsActive));
        }

        var target = route.Target.GetLeftPart(UriPartial.Authority);
        var error = await forwarder.SendAsync(context, target, Client, Patient, RawTransformer.Instance, lifetime.ApplicationStopping);
        if (error == ForwarderError.None)
        {
            if (context.Response.StatusCode is >= 200 and < 300)
            {
                IsActive();
            }
        }
        else if (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            Log.NoAnswer(logger, route.Prefix, target, error);
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, "It may be starting, or restarting. This page tries again by itself.");
        }

        void IsActive() => route.LastActivity.Record(clock.GetUtcNow());
    }

    // Uploads may be of any size and as slow as their network.
    private static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } upload)
        {
            upload.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } download)
        {
            download.MinDataRate = null;
        }
    }

    private async Task FailAsync(HttpContext context, int status, string message)
    {
        context.Response.Clear();
        context.Response.Headers.ContentSecurityPolicy = $"frame-ancestors 'none'; {Layout.ContentSecurity}";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await Answer.Page(ErrorPage.Of(status, message, options, tryAgain: status == StatusCodes.Status503ServiceUnavailable), status).ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Prefix} is routed to {Target}, which gave no answer ({Error}).")]
        public static partial void NoAnswer(ILogger logger, string prefix, string target, ForwarderError error);
    }
}

/// <summary>The front proxy's services and its place in the pipeline.</summary>
internal static class FrontProxyExtensions
{
    public static void AddFrontProxy(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpForwarder();

        // What YARP says in a stack trace, the proxy says in a sentence.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Error);
        builder.Services.AddSingleton<RouteTable>();
        builder.Services.AddSingleton<IRoutes, OwnRoutes>();
    }

    public static void UseFrontProxy(this IApplicationBuilder app) => app.UseMiddleware<FrontProxy>();
}
