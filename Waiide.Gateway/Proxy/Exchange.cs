using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Gateway.Activity;
using Waiide.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>An authorized request's way to an upstream and back: WebSockets can be counted and ended in words, and failures have names.</summary>
internal sealed partial class Exchange(IHttpForwarder forwarder, OpenWebSockets webSockets, Autopsy autopsy, LastActivity activity, Tracing tracing, IHostApplicationLifetime lifetime, ILogger<Exchange> logger)
{
    private static readonly ForwarderRequestConfig Config = new()
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,

        // A terminal that nobody types in, an event stream without events: both are quiet for hours, and alive.
        ActivityTimeout = TimeSpan.FromDays(1),
    };

    /// <summary>What came of it; <paramref name="EndedHere"/>: the gateway itself broke it off, a WebSocket with the words of <paramref name="Goodbye"/>.</summary>
    internal readonly record struct Outcome(ForwarderError Error, bool EndedHere, Ending? Goodbye);

    /// <summary>Connections to upstreams, opened by <paramref name="connect"/>.</summary>
    internal HttpMessageInvoker Client(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => tracing.Forwarder(new SocketsHttpHandler
    {
        ConnectCallback = async (connection, cancellationToken) =>
        {
            using var span = Traces.Connect(connection.InitialRequestMessage);
            return await connect(connection, cancellationToken);
        },
        ConnectTimeout = TimeSpan.FromSeconds(5),

        // Node closes an idle connection after 5 s; one that it is just closing must not be taken for the next request.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(3),
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,

        // Header bytes pass as they are (see ProxyExtensions for the other side).
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    });

    /// <summary>Forwards the request and its answer; <paramref name="use"/> watches a WebSocket, <paramref name="lost"/> breaks it off.</summary>
    internal async Task<Outcome> SendAsync(HttpContext context, HttpMessageInvoker client, Upstream leadsTo, string address, HttpTransformer request, Func<SocketUse> use, CancellationToken lost)
    {
        using var span = Traces.Forward(leadsTo.Kind);
        using var session = Session(context, leadsTo, use);
        context.Features.Get<RequestTime>()?.Asks(leadsTo);
        var ended = session?.Cut ?? lifetime.ApplicationStopping;
        using var either = lost.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(ended, lost) : null;
        var end = either?.Token ?? ended;
        var error = await forwarder.SendAsync(context, address, client, Config, request, end);
        session?.HasEnded(context, error);
        if (session is not { IsOpen: true }) // Why a WebSocket ended is for its own span to say.
        {
            span.Forwarded(context.Response, error.ToString());
        }

        return new Outcome(error, end.IsCancellationRequested, session?.Goodbye);
    }

    /// <summary>For an endpoint that is a WebSocket itself, and is to be counted and ended as the others are.</summary>
    internal async Task AsSessionAsync(HttpContext context, RequestDelegate next)
    {
        var leadsTo = new Upstream(Upstream.TunnelKind, ProxyRoute.PortOf((string)context.Request.RouteValues["port"]!));
        using var session = Session(context, leadsTo, () => activity.OfPortSocket(context));
        using var cut = session?.Cut.Register(context.Abort);
        try
        {
            await next(context);
        }
        finally
        {
            session?.HasEnded(context, ForwarderError.None);
        }
    }

    /// <summary>Answers for <paramref name="upstream"/> ("the IDE server") where it has not answered itself.</summary>
    internal async Task ExplainAsync(HttpContext context, Outcome outcome, string upstream)
    {
        if (outcome.EndedHere || context.RequestAborted.IsCancellationRequested)
        {
            Log.Ended(logger, outcome.Error);
        }
        else
        {
            Log.Failed(logger, upstream, outcome.Error, Cause(context)?.GetBaseException().Message ?? "no further word");
        }

        if (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await AnswerAsync(context, outcome, upstream);
        }

        // The server would wait for the rest of a body that nobody wants any more, or fail over the reading that was broken off.
        if (outcome is { EndedHere: true, Goodbye: null } && IsHalfSent(context))
        {
            await context.Response.CompleteAsync();
            context.Abort();
        }
    }

    /// <summary>What made it fail.</summary>
    internal static Exception? Cause(HttpContext context) => context.Features.Get<IForwarderErrorFeature>()?.Exception;

    private static bool IsHalfSent(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            return false;
        }

        try
        {
            if (!context.Request.BodyReader.TryRead(out var rest))
            {
                return true;
            }

            context.Request.BodyReader.AdvanceTo(rest.Buffer.Start, rest.Buffer.End);
            return !rest.IsCompleted;
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            return true; // Reading was broken off.
        }
    }

    private async Task AnswerAsync(HttpContext context, Outcome outcome, string upstream)
    {
        var (status, title, sentence) = outcome.Error switch
        {
            _ when outcome.Goodbye is { } goodbye && goodbye.Reason.Entry() is { Code: EndReasons.PolicyViolation } row => (StatusCodes.Status403Forbidden, "No longer allowed", row.Words),
            _ when outcome.Goodbye is { } goodbye => (StatusCodes.Status503ServiceUnavailable, "Ended", goodbye.Reason.Entry().Words),
            _ when lifetime.ApplicationStopping.IsCancellationRequested => (StatusCodes.Status503ServiceUnavailable, "Ended", "The gateway is stopping."),
            _ when outcome.EndedHere => (StatusCodes.Status503ServiceUnavailable, "Ended", $"There was a moment without {upstream}. Try again."),
            ForwarderError.RequestTimedOut => (StatusCodes.Status504GatewayTimeout, "No answer in time", $"The request went to {upstream}, which did not answer in time."),
            ForwarderError.RequestBodyClient => (StatusCodes.Status400BadRequest, "Broken off", "The body of the request could not be read to its end."),
            ForwarderError.ResponseHeaders => (StatusCodes.Status502BadGateway, "Not understood", $"There was an answer from {upstream}, but one that cannot be passed on."),
            _ => (StatusCodes.Status502BadGateway, "No connection", $"The connection to {upstream} failed, or ended before it had answered."),
        };
        context.Response.Clear();
        await Refusal.Of(context.Request, status, title, sentence).ExecuteAsync(context);
    }

    /// <summary>A WebSocket can be counted, and ended in words; the forwarder sees it as the server's own.</summary>
    private WebSocketSession? Session(HttpContext context, Upstream leadsTo, Func<SocketUse> use)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            return null;
        }

        var session = new WebSocketSession(upgrade, webSockets, use(), Standing.Of(context), autopsy, autopsy.Begin(context, leadsTo));
        context.Features.Set<IHttpUpgradeFeature>(session);
        return session;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "An exchange was ended by the browser or by the gateway ({Error}).")]
        public static partial void Ended(ILogger logger, ForwarderError error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A request could not be forwarded to {Upstream} ({Error}): {Cause}")]
        public static partial void Failed(ILogger logger, string upstream, ForwarderError error, string cause);
    }
}
