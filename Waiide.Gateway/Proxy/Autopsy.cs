using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Gateway.Ide;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>Finds out why a WebSocket ended, and tells it to everybody who may ask: the book of connections, the metrics, the log and the trace.</summary>
internal sealed partial class Autopsy
{
    // A process that dies takes its sockets along; who waits for it is told a moment later. Who runs elsewhere is asked once a second, and has two to answer.
    private static readonly TimeSpan NoticedIn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoticedElsewhereIn = TimeSpan.FromSeconds(4);

    // An IDE server tells a window at once that what it comes back to is no more; until it has been asked, a busy browser may need a while.
    private static readonly TimeSpan TurnedAwayWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RemembersItsExtensions = TimeSpan.FromHours(3);

    private readonly Connections _book;
    private readonly GatewayMetrics _metrics;
    private readonly IdeState _ide;
    private readonly TimeSpan _noticedIn;
    private readonly CancellationToken _stopping;
    private readonly TimeProvider _clock;
    private readonly ILogger<Autopsy> _logger;

    public Autopsy(Connections book, GatewayMetrics metrics, IdeState ide, GatewayOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Autopsy> logger)
    {
        (_book, _metrics, _ide, _stopping, _clock, _logger) = (book, metrics, ide, lifetime.ApplicationStopping, clock, logger);
        _noticedIn = options.IdeUrl is null ? NoticedIn : NoticedElsewhereIn;
        lifetime.ApplicationStopped.Register(book.Save);
    }

    /// <summary>A browser asks for a WebSocket.</summary>
    internal Case Begin(HttpContext context, Upstream upstream)
    {
        var isReconnection = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Contains("reconnection=true", StringComparison.Ordinal);
        var window = context.Request.Query["reconnectionToken"] is [{ Length: > 0 } token] ? Windows.Digest(token) : null;
        var connection = new Connection(NewId(), context.User.Identity?.Name ?? "", upstream, isReconnection, window, _clock.GetUtcNow());
        var span = Traces.Source.StartActivity("websocket " + upstream.Kind);
        span?.SetTag("peer.service", upstream.Kind).SetTag("waiide.websocket.id", connection.Id).SetTag("waiide.upstream", upstream.Kind).SetTag("waiide.port", upstream.Port?.ToString(CultureInfo.InvariantCulture));
        _book.Add(connection);
        return new Case(connection, span, _metrics);
    }

    /// <summary>The upstream has agreed. The span will be there only when it has ended, perhaps in hours: until then a short one and a line in the log stand for it.</summary>
    internal void Opened(Case @case)
    {
        var connection = @case.Connection;
        connection.IsOpen = true;
        _metrics.SocketOpened(connection.Upstream.Kind);
        if (@case.Span is { } span)
        {
            using var opening = Traces.Source.StartActivity("websocket open", ActivityKind.Internal, span.Context, startTime: span.StartTimeUtc);
            opening?.SetTag("waiide.websocket.id", connection.Id).SetTag("waiide.upstream", connection.Upstream.Kind);
        }

        Log.Opened(_logger, connection.Id, connection.Upstream.Kind);
    }

    /// <summary>Not even begun.</summary>
    internal void Refused(HttpContext context, Ending why)
    {
        var @case = Begin(context, context.Request.RouteValues.ContainsKey("port") ? new Upstream(Upstream.TunnelKind) : Upstream.Ide);
        _book.Remove(@case.Connection);
        Close(@case, why, _clock.GetUtcNow());
    }

    /// <summary>It is over; <paramref name="goodbye"/> where the gateway itself has ended it.</summary>
    internal void Examine(Case @case, Ending? goodbye, HttpContext context, ForwarderError error)
    {
        _book.Remove(@case.Connection);
        if (@case.Connection.IsOpen)
        {
            _metrics.SocketClosed(@case.Connection.Upstream.Kind);
        }

        var at = _clock.GetUtcNow();
        var ending = goodbye ?? @case.First ?? (
            context.RequestAborted.IsCancellationRequested ? new Ending(EndReason.ClientVanished)
            : @case.Connection.IsOpen ? WithoutAWord(error)
            : Refusal(context, error));
        if (@case.Connection is { Upstream.IsIde: true, IsOpen: true } && ending.Reason is EndReason.UpstreamClosed or EndReason.UpstreamVanished)
        {
            _ = CloseWhenKnownAsync(@case, ending, at); // The browser need not wait for that.
        }
        else
        {
            Close(@case, ending, at);
        }
    }

    private static Ending WithoutAWord(ForwarderError error) => error switch
    {
        ForwarderError.UpgradeActivityTimeout => new Ending(EndReason.Quiet),
        ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient => new Ending(EndReason.ClientVanished),
        _ => new Ending(EndReason.UpstreamVanished),
    };

    private static Ending Refusal(HttpContext context, ForwarderError error) => error switch
    {
        ForwarderError.None => new Ending(EndReason.UpstreamRefused, string.Create(CultureInfo.InvariantCulture, $" (status {context.Response.StatusCode})")),
        ForwarderError.Request => new Ending(EndReason.UpstreamRefused, " (no connection)"),
        ForwarderError.RequestTimedOut => new Ending(EndReason.UpstreamRefused, " (no answer in time)"),
        _ => new Ending(EndReason.GatewayFailed, $" ({error})"),
    };

    // Nobody waits for this: whatever fails in it is told here, or nowhere.
    private async Task CloseWhenKnownAsync(Case @case, Ending seen, DateTimeOffset at)
    {
        var ending = seen;
        try
        {
            ending = await AskTheIdeAsync(@case.Connection, seen, at);
        }
        catch (Exception failure)
        {
            Log.NotAsked(_logger, @case.Connection.Id, failure);
        }

        try
        {
            Close(@case, ending, at);
        }
        catch (Exception failure)
        {
            Log.NotTold(_logger, @case.Connection.Id, failure);
        }
    }

    private async Task<Ending> AskTheIdeAsync(Connection connection, Ending seen, DateTimeOffset at)
    {
        var next = _ide.NextDeath;
        var death = DeathAround(connection, at);
        var wasBrief = connection.IsReconnection && at - connection.Since < TurnedAwayWithin;
        if (death is null && wasBrief && _ide.GuardedAt is { } guarded && at - guarded < RemembersItsExtensions)
        {
            return new Ending(EndReason.MemoryGuard);
        }

        if (death is null)
        {
            await Task.WhenAny(next, Task.Delay(_noticedIn, _clock, _stopping));
            death = DeathAround(connection, at);
        }

        return death?.Ending ?? (wasBrief && seen.Reason == EndReason.UpstreamVanished ? new Ending(EndReason.TurnedAway) : seen);
    }

    // Of the server that it led to, and not one that was long over when this ended.
    private IdeState.Death? DeathAround(Connection connection, DateTimeOffset at) =>
        _ide.LastDeath is { } death && death.At >= connection.Since && (at - death.At).Duration() <= _noticedIn ? death : null;

    private void Close(Case @case, Ending ending, DateTimeOffset at)
    {
        var (connection, row) = (@case.Connection, ending.Reason.Entry());
        var sentence = ending.Sentence(connection.Upstream.Name);
        _metrics.SocketEnded(connection.Upstream.Kind, row.Name, at - connection.Since);
        _book.Write(new EndedConnection(
            connection.Id, connection.User, connection.Upstream.Kind, connection.Upstream.Port, connection.Since, at, connection.In.Bytes, connection.Out.Bytes, ending.Reason, sentence, @case.Span?.TraceId.ToHexString(), connection.Window));
        Log.Ended(_logger, connection.Id, connection.Upstream.Kind, (at - connection.Since).TotalSeconds, row.Name, sentence);
        @case.EndSpan(row, sentence, at);
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "WebSocket {Id} ({Upstream}) is open.")]
        public static partial void Opened(ILogger logger, string id, string upstream);

        [LoggerMessage(Level = LogLevel.Information, Message = "WebSocket {Id} ({Upstream}) ended after {Seconds:0.0} s, {Reason}: {Sentence}")]
        public static partial void Ended(ILogger logger, string id, string upstream, double seconds, string reason, string sentence);

        [LoggerMessage(Level = LogLevel.Error, Message = "What the IDE server has to do with the end of WebSocket {Id} could not be found out; it is told as it was seen on the wire.")]
        public static partial void NotAsked(ILogger logger, string id, Exception failure);

        [LoggerMessage(Level = LogLevel.Error, Message = "The end of WebSocket {Id} could not be told to everybody who may ask.")]
        public static partial void NotTold(ILogger logger, string id, Exception failure);
    }
}
