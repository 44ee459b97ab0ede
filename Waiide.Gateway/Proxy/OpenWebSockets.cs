using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Gateway.Activity;

namespace Waiide.Gateway.Proxy;

/// <summary>The WebSockets that go through this gateway now.</summary>
internal sealed class OpenWebSockets
{
    /// <summary>More than hundreds of tabs have open, at some 20 kB each; whoever opens them without end finds one.</summary>
    private const int Most = 1024;

    private readonly ConcurrentDictionary<WebSocketSession, IDisposable> _sessions = new();

    private readonly StandingWatch _watch;
    private readonly CancellationToken _stopping;
    private readonly Farewell _farewell;
    private readonly Autopsy _autopsy;

    public OpenWebSockets(IHostApplicationLifetime lifetime, StandingWatch watch, Farewell farewell, Autopsy autopsy)
    {
        (_watch, _stopping, _farewell, _autopsy) = (watch, lifetime.ApplicationStopping, farewell, autopsy);
        _stopping.Register(() => _ = CloseAsync(_ => true, _farewell.Reason));
    }

    /// <summary>In front of whatever opens one: refuses it where there are too many.</summary>
    public Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } || _sessions.Count < Most)
        {
            return next(context);
        }

        _autopsy.Refused(context, new Ending(EndReason.TooMany, $": {Most}"));
        return Refusal.Of(context.Request, StatusCodes.Status503ServiceUnavailable, "Too many", $"There are {Most} WebSockets open already.").ExecuteAsync(context);
    }

    public int Count => _sessions.Keys.Count(session => session.IsOpen);

    /// <summary>Closes the sessions that <paramref name="which"/> picks, with a close frame that the browser sees; returns how many there were.</summary>
    public async Task<int> CloseAsync(Func<WebSocketSession, bool> which, Ending why)
    {
        var sessions = _sessions.Keys.Where(which).ToArray();
        await Task.WhenAll(sessions.Select(session => session.CloseAsync(why)));
        return sessions.Length;
    }

    /// <summary>Counts in one that waits for the IDE's answer, too: neither a stop nor the end of its session must wait with it.</summary>
    internal void Add(WebSocketSession session)
    {
        _sessions[session] = _watch.Over(session.Standing, reason => session.CloseAsync(new Ending(reason)));
        if (_stopping.IsCancellationRequested)
        {
            _ = session.CloseAsync(_farewell.Reason); // It came after the others were told.
        }
    }

    internal void Remove(WebSocketSession session)
    {
        if (_sessions.TryRemove(session, out var watched))
        {
            watched.Dispose();
        }
    }
}
