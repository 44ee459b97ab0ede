using System.Collections.Concurrent;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>One authorization: the user of this session lets this server know who they are.</summary>
/// <param name="SecretHash">The server's secret when it was given: another run of the server is not the one that the user let in.</param>
/// <param name="CodeChallenge">The PKCE challenge that the token request has to meet; null if none was sent.</param>
internal sealed record Authorization(Server Server, string SecretHash, Session Session, string? CodeChallenge, DateTimeOffset ExpiresAt);

/// <summary>Codes that were given out and not yet exchanged: valid for five minutes, and once. Not in the database: a browser that a restart of the hub meets on its way is sent for another one.</summary>
internal sealed class AuthorizationCodes(HubState state, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(300);

    private readonly ConcurrentDictionary<string, Authorization> _byHash = new();

    public string Issue(Server server, Session session, string? codeChallenge)
    {
        foreach (var (hash, old) in _byHash)
        {
            if (!IsValid(old))
            {
                _byHash.TryRemove(hash, out _);
            }
        }

        var code = Secrets.OAuth();
        _byHash[Secrets.Hash(code)] = new Authorization(server, server.SecretHash, session, codeChallenge, clock.GetUtcNow() + Lifetime);
        return code;
    }

    /// <summary>What a code stands for; looking does not use it up.</summary>
    public Authorization? Find(string code) =>
        _byHash.TryGetValue(Secrets.Hash(code), out var authorization) && IsValid(authorization) ? authorization : null;

    /// <summary>Uses the code up; false for all but the first who try.</summary>
    public bool Redeem(string code) => _byHash.TryRemove(Secrets.Hash(code), out _);

    // A code ends with the session too: its token could not end with it any more.
    private bool IsValid(Authorization authorization) =>
        authorization.ExpiresAt > clock.GetUtcNow() && authorization.SecretHash == authorization.Server.SecretHash && state.IsOpen(authorization.Session);
}
