using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Waiide.Hub.Mock.State;

/// <summary>The browsers that are signed in.</summary>
internal sealed partial class HubState
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(14);

    private readonly ConcurrentDictionary<string, Session> _sessions = new();

    /// <summary>What the cookies _xsrf are signed with.</summary>
    public byte[] XsrfKey { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>The open session that this login cookie belongs to.</summary>
    public Session? FindSession(string login) =>
        _sessions.TryGetValue(Secrets.Hash(login), out var session) && IsOpen(session) ? session : null;

    /// <summary>A session ends by signing out, with its time, and with its user.</summary>
    public bool IsOpen(Session session) =>
        _sessions.ContainsKey(session.LoginHash) && session.Since + SessionLifetime > _clock.GetUtcNow() && FindUser(session.User.Name) == session.User;

    public Session OpenSession(User user, string login)
    {
        foreach (var over in _sessions.Values.Where(session => !IsOpen(session)))
        {
            _sessions.TryRemove(over.LoginHash, out _);
        }

        var now = _clock.GetUtcNow();
        var session = new Session(Secrets.Hex(), Secrets.Hash(login), user, now);
        _sessions[session.LoginHash] = session;
        user.LastActivity.Record(now);
        return session;
    }

    /// <summary>Ends a session and every OAuth token that a server got in it.</summary>
    public void CloseSession(Session session)
    {
        _sessions.TryRemove(session.LoginHash, out _);
        Tokens.Revoke(token => token.SessionId == session.Id);
    }
}
