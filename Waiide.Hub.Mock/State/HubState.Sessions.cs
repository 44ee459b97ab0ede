using System.Collections.Concurrent;

namespace Waiide.Hub.Mock.State;

/// <summary>The browsers that are signed in.</summary>
internal sealed partial class HubState
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(14);

    private readonly ConcurrentDictionary<string, Session> _sessions = new();

    /// <summary>What the cookies _xsrf are signed with.</summary>
    public byte[] XsrfKey { get; }

    /// <summary>The open session that this login cookie belongs to.</summary>
    public Session? FindSession(string login) =>
        _sessions.TryGetValue(Secrets.Hash(login), out var session) && IsOpen(session) ? session : null;

    /// <summary>A session ends by signing out, with its time, with its user, and with the password that opened it.</summary>
    public bool IsOpen(Session session) =>
        _sessions.ContainsKey(session.LoginHash) && session.Since + SessionLifetime > _clock.GetUtcNow() && Knows(session.User) && !(session.User.PasswordChanged > session.Since);

    public Session OpenSession(User user, string login)
    {
        foreach (var over in _sessions.Values.Where(session => !IsOpen(session)))
        {
            CloseSession(over);
        }

        var now = _clock.GetUtcNow();
        var session = new Session(Secrets.Hex(), Secrets.Hash(login), user, now);
        _store.Add(session);
        _sessions[session.LoginHash] = session;
        user.LastActivity.Record(now);
        return session;
    }

    /// <summary>Ends a session and every OAuth token that a server got in it.</summary>
    public void CloseSession(Session session)
    {
        lock (_changing)
        {
            Forget(session);
            Tokens.Revoke(token => token.SessionId == session.Id);
        }
    }

    private void Forget(Session session)
    {
        _sessions.TryRemove(session.LoginHash, out _);
        _store.Remove(session);
    }
}
