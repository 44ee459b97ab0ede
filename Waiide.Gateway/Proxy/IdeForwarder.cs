using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Gateway.Activity;
using Waiide.Gateway.Ide;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>Takes an authorized request to the IDE server and its answer back; where the IDE cannot be used, says so without dialing.</summary>
internal sealed partial class IdeForwarder(
    GatewayOptions options, IdeState state, IdeAddress address, IHttpForwarder forwarder, OpenWebSockets webSockets, LastActivity activity,
    IHostApplicationLifetime lifetime, ILogger<IdeForwarder> logger) : IDisposable
{
    private static readonly ForwarderRequestConfig Exchange = new()
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,

        // A terminal that nobody types in, an event stream without events: both are quiet for hours, and alive.
        ActivityTimeout = TimeSpan.FromDays(1),
    };

    private readonly PrivateHeaders _privateHeaders = new(options);
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        ConnectCallback = address.ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(5),

        // Node closes an idle connection after 5 s; one that it is just closing must not be taken for the next request.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(3),
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,

        // Spans are made, but the upstream gets the browser's own trace headers, if any.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),

        // Header bytes pass as they are (see ProxyExtensions for the other side).
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    });

    public Task ForwardAsync(HttpContext context)
    {
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (RawTarget.After(rawTarget, options.Prefix) is not { } target)
        {
            return Refusal.Of(context.Request, StatusCodes.Status400BadRequest, "Not an address here", "The address has a \".\", a \"..\", a backslash, a \"#\" or a control character in its path, or does not begin with this server's prefix.")
                .ExecuteAsync(context);
        }

        return ProxyRoute.Of(target, options, address.Now is { Socket: null } place ? place.Url.Port : null) switch
        {
            ProxyRoute.Refused refused => Refusal.Of(context.Request, refused.Status, "Not reachable here", refused.Sentence).ExecuteAsync(context),
            ProxyRoute.AddSlash slash => Results.Redirect(slash.Location, permanent: false, preserveMethod: true).ExecuteAsync(context),
            ProxyRoute.Ide ide => ForwardAsync(context, ide.Target, toIde: true),
            ProxyRoute.ToPort port => ForwardAsync(context, port.Target, toIde: false),
            var other => throw new UnreachableException($"There is no way for {other}."),
        };
    }

    public void Dispose() => _client.Dispose();

    private async Task ForwardAsync(HttpContext context, string target, bool toIde)
    {
        var now = state.Now;
        if (now.Status != IdeStatus.Running || address.Now is not { } place)
        {
            await IdePages.NotUsable(context.Request, now, state.LastLines).ExecuteAsync(context);
            return;
        }

        // Only now: a page that waits for the IDE, and asks for itself every second, is nobody's work.
        activity.Saw(Requests.SightOf(context.Request, toIde));
        using var session = Session(context, target, toIde);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(session?.Cut ?? lifetime.ApplicationStopping);
        using var watch = session is null && Navigation.IsTopLevel(context.Request) ? WhileUnanswered(context, end) : null;
        var error = await forwarder.SendAsync(
            context, place.Url.GetLeftPart(UriPartial.Authority), _client, Exchange, new UpstreamRequest(options, _privateHeaders, place.Url, target), end.Token);
        if (error != ForwarderError.None)
        {
            await ExplainAsync(context, error, endedHere: end.IsCancellationRequested);
        }
    }

    /// <summary>A WebSocket can be counted, and ended in words; the forwarder sees it as the server's own.</summary>
    private WebSocketSession? Session(HttpContext context, string target, bool toIde)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            return null;
        }

        var session = new WebSocketSession(upgrade, webSockets, toIde ? activity.OfIdeSocket(target) : activity.OfOtherSocket(), Standing.Of(context));
        context.Features.Set<IHttpUpgradeFeature>(session);
        return session;
    }

    // Somebody who opens a page while the IDE dies sees that at once, rather than wait for whatever holds the connection.
    private LostWatch WhileUnanswered(HttpContext context, CancellationTokenSource end) => new(state, () =>
    {
        if (!context.Response.HasStarted)
        {
            end.Cancel();
        }
    });

    private async Task ExplainAsync(HttpContext context, ForwarderError error, bool endedHere)
    {
        if (context.RequestAborted.IsCancellationRequested || (endedHere && context.Response.HasStarted))
        {
            Log.Ended(logger, error);
            return;
        }

        if (endedHere && !state.IsUsable)
        {
            context.Response.Clear();
            await IdePages.NotUsable(context.Request, state.Now, state.LastLines).ExecuteAsync(context);
            return;
        }

        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        Log.Failed(logger, error, cause?.GetBaseException().Message ?? "no further word");
        if (context.Response.HasStarted)
        {
            return;
        }

        var (status, title, sentence) = error switch
        {
            _ when endedHere => (StatusCodes.Status503ServiceUnavailable, "Stopping", "The gateway is stopping."),
            ForwarderError.RequestTimedOut => (StatusCodes.Status504GatewayTimeout, "No answer in time", "The IDE server was asked but did not answer in time."),
            ForwarderError.RequestBodyClient => (StatusCodes.Status400BadRequest, "Broken off", "The body of the request could not be read to its end."),
            ForwarderError.ResponseHeaders => (StatusCodes.Status502BadGateway, "Not understood", "The IDE server gave an answer that cannot be passed on."),
            _ => (StatusCodes.Status502BadGateway, "No connection", "The connection to the IDE server failed, or ended before it had answered."),
        };
        context.Response.Clear();
        await Refusal.Of(context.Request, status, title, sentence).ExecuteAsync(context);
    }

    private sealed class LostWatch : IDisposable
    {
        private readonly IdeState _state;
        private readonly Action _lost;

        public LostWatch(IdeState state, Action lost)
        {
            (_state, _lost) = (state, lost);
            state.Lost += lost;
        }

        public void Dispose() => _state.Lost -= _lost;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "An exchange was ended by the browser or by the gateway ({Error}).")]
        public static partial void Ended(ILogger logger, ForwarderError error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A request could not be forwarded to the IDE ({Error}): {Cause}")]
        public static partial void Failed(ILogger logger, ForwarderError error, string cause);
    }
}
