using System.Collections.Concurrent;

namespace Waiide.Gateway.Proxy;

/// <summary>The WebSockets that go through this gateway now.</summary>
internal sealed class OpenWebSockets
{
    /// <summary>RFC 6455's codes, as browsers show them in CloseEvent.code.</summary>
    internal const ushort GoingAway = 1001;

    private readonly ConcurrentDictionary<WebSocketSession, byte> _sessions = new();

    public OpenWebSockets(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.Register(() => _ = CloseAsync(_ => true, GoingAway, "The gateway is stopping."));

    public int Count => _sessions.Count;

    /// <summary>Closes the sessions that <paramref name="which"/> picks, with a close frame that the browser sees; returns how many there were.</summary>
    public async Task<int> CloseAsync(Func<WebSocketSession, bool> which, ushort code, string reason)
    {
        var sessions = _sessions.Keys.Where(which).ToArray();
        await Task.WhenAll(sessions.Select(session => session.CloseAsync(code, reason)));
        return sessions.Length;
    }

    internal void Add(WebSocketSession session) => _sessions[session] = 0;

    internal void Remove(WebSocketSession session) => _sessions.TryRemove(session, out _);
}
