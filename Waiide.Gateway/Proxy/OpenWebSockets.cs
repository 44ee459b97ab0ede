using System.Collections.Concurrent;

namespace Waiide.Gateway.Proxy;

/// <summary>The WebSockets that go through this gateway now.</summary>
internal sealed class OpenWebSockets
{
    /// <summary>RFC 6455's codes, as browsers show them in CloseEvent.code.</summary>
    internal const ushort GoingAway = 1001;

    private readonly ConcurrentDictionary<WebSocketSession, byte> _sessions = new();

    private readonly CancellationToken _stopping;
    private readonly Farewell _farewell;

    public OpenWebSockets(IHostApplicationLifetime lifetime, Farewell farewell)
    {
        (_stopping, _farewell) = (lifetime.ApplicationStopping, farewell);
        _stopping.Register(() => _ = CloseAsync(_ => true, GoingAway, _farewell.Reason));
    }

    public int Count => _sessions.Keys.Count(session => session.IsOpen);

    /// <summary>Closes the sessions that <paramref name="which"/> picks, with a close frame that the browser sees; returns how many there were.</summary>
    public async Task<int> CloseAsync(Func<WebSocketSession, bool> which, ushort code, string reason)
    {
        var sessions = _sessions.Keys.Where(which).ToArray();
        await Task.WhenAll(sessions.Select(session => session.CloseAsync(code, reason)));
        return sessions.Length;
    }

    /// <summary>Counts in one that waits for the IDE's answer, too: a stop must not wait with it.</summary>
    internal void Add(WebSocketSession session)
    {
        _sessions[session] = 0;
        if (_stopping.IsCancellationRequested)
        {
            _ = session.CloseAsync(GoingAway, _farewell.Reason); // It came after the others were told.
        }
    }

    internal void Remove(WebSocketSession session) => _sessions.TryRemove(session, out _);
}
