using System.Collections.Concurrent;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>One authorization: this user lets this server know who they are.</summary>
/// <param name="CodeChallenge">The PKCE challenge that the token request has to meet; null if none was sent.</param>
internal sealed record Authorization(Server Server, User User, string SessionId, string? CodeChallenge, DateTimeOffset ExpiresAt);

/// <summary>Codes that were given out and not yet exchanged: valid for five minutes, and once.</summary>
internal sealed class AuthorizationCodes(TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(300);

    private readonly ConcurrentDictionary<string, Authorization> _byHash = new();

    public string Issue(Server server, User user, string sessionId, string? codeChallenge)
    {
        var now = clock.GetUtcNow();
        foreach (var (hash, old) in _byHash)
        {
            if (old.ExpiresAt <= now)
            {
                _byHash.TryRemove(hash, out _);
            }
        }

        var code = Secrets.OAuth();
        _byHash[Secrets.Hash(code)] = new Authorization(server, user, sessionId, codeChallenge, now + Lifetime);
        return code;
    }

    /// <summary>What a code stands for; looking does not use it up.</summary>
    public Authorization? Find(string code) =>
        _byHash.TryGetValue(Secrets.Hash(code), out var authorization) && authorization.ExpiresAt > clock.GetUtcNow() ? authorization : null;

    /// <summary>Uses the code up; false for all but the first who try.</summary>
    public bool Redeem(string code) => _byHash.TryRemove(Secrets.Hash(code), out _);
}
