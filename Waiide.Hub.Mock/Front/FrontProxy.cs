using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Waiide.Hub.Mock.Pages;
using Waiide.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Hub.Mock.Front;

/// <summary>What configurable-http-proxy is to a JupyterHub: on the front's port, each path goes where the longest route that it begins with leads, and what no other takes to the hub.</summary>
internal sealed partial class FrontProxy(
    RequestDelegate next, HubOptions options, RouteTable routes, IHttpForwarder forwarder, Tracing tracing, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<FrontProxy> logger)
{
    // A WebSocket may be quiet for as long as both ends like.
    private static readonly ForwarderRequestConfig Patient = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly HttpMessageInvoker _client = Client(tracing);

    public async Task InvokeAsync(HttpContext context)
    {
        // The port, not the Host header: that is the client's to choose.
        if (context.Connection.LocalPort != options.FrontPort)
        {
            await next(context);
        }
        else if (OneReading.Objection(context) is { } objection)
        {
            context.Response.Headers.Connection = "close";
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(objection, context.RequestAborted);
        }
        else if (context.RawTarget() == "/_chp_healthz")
        {
            await Answer.Json(new System.Text.Json.Nodes.JsonObject { ["status"] = "OK" }).ExecuteAsync(context);
        }
        else
        {
            await RouteAsync(context);
        }
    }

    private static HttpMessageInvoker Client(Tracing tracing) => tracing.Forwarder(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
    });

    private async Task RouteAsync(HttpContext context)
    {
        ProxyTarget target;
        try
        {
            target = ProxyTarget.Read(context.RawTarget());
        }
        catch (FormatException)
        {
            await FailAsync(context, StatusCodes.Status500InternalServerError);
            return;
        }

        var route = routes.Find(target.RoutePath);
        if (route is null)
        {
            await FailAsync(context, StatusCodes.Status404NotFound);
            return;
        }

        ForwardedHeaders.Append(context, OneReading.IsUpgrade(context));
        context.Request.Body = new ActivityStream(context.Request.Body, IsActive);
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
        {
            context.Features.Set<IHttpUpgradeFeature>(new ActivityUpgrade(upgrade, IsActive));
        }

        var isDone = true;
        if (route is { IsHubs: true, Path: "/" })
        {
            await next(context); // The hub is here, and needs no connection.
        }
        else if (route.Destination is null)
        {
            Log.NoTarget(logger, new LogText(route.Path), new LogText(route.Target));
            await FailAsync(context, StatusCodes.Status500InternalServerError);
        }
        else
        {
            isDone = await ForwardAsync(context, route, target.Forwarded);
        }

        if (isDone && context.Response.StatusCode is >= 200 and < 300)
        {
            IsActive();
        }

        void IsActive() => route.LastActivity.Record(clock.GetUtcNow());
    }

    /// <summary>Returns whether the server's answer reached the client whole.</summary>
    private async Task<bool> ForwardAsync(HttpContext context, FrontRoute route, string target)
    {
        LiftLimits(context);
        Journey.GoesOn(context); // Whether this is a page that waits for a person, its server knows.
        System.Diagnostics.Activity.Current?.SetTag("http.route", route.RouteSpec);
        var error = await forwarder.SendAsync(context, route.Destination!, _client, Patient, new RawTransformer(target, route), lifetime.ApplicationStopping);

        // What the client did wrong is said already, and to one that is gone nothing can be said.
        if (error is not (ForwarderError.None or ForwarderError.RequestBodyClient) && !context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            Log.NoAnswer(logger, new LogText(route.Path), new LogText(route.Target), error);
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable);
        }

        return error == ForwarderError.None;
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

    private async Task FailAsync(HttpContext context, int status)
    {
        context.Response.Clear();
        if (OneReading.IsUpgrade(context))
        {
            // Nobody sees a page that a WebSocket got.
            context.Response.StatusCode = status;
            context.Response.ContentLength = 0;
            return;
        }

        context.Response.Headers.ContentSecurityPolicy = $"frame-ancestors 'none'; {Layout.ContentSecurity}";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await Answer.Page(ProxyErrors.Page(status, options), status).ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is routed to {Target}, which gave no answer ({Error}).")]
        public static partial void NoAnswer(ILogger logger, LogText path, LogText target, ForwarderError error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is routed to {Target}, which is not the URL of a web server.")]
        public static partial void NoTarget(ILogger logger, LogText path, LogText target);
    }
}
