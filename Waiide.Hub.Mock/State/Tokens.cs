using System.Collections.Concurrent;
using System.Globalization;

namespace Waiide.Hub.Mock.State;

/// <summary>Every token that is valid now.</summary>
internal sealed class Tokens(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Token> _byHash = new();
    private int _last;

    /// <summary>The id of the next token.</summary>
    public string NextId() => "a" + Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);

    public void Add(string secret, Token token)
    {
        Revoke(HasExpired);
        _byHash[Secrets.Hash(secret)] = token;
    }

    public Token? Find(string secret) =>
        _byHash.TryGetValue(Secrets.Hash(secret), out var token) && !HasExpired(token) ? token : null;

    public IEnumerable<Token> Of(Owner owner) =>
        _byHash.Values.Where(token => token.Owner == owner && !HasExpired(token)).OrderBy(token => token.Created);

    public void Revoke(Func<Token, bool> which)
    {
        foreach (var (hash, token) in _byHash)
        {
            if (which(token))
            {
                _byHash.TryRemove(hash, out _);
            }
        }
    }

    /// <summary>Puts another in the place of each of these tokens, for the same secret; returns how many there were.</summary>
    public int Change(Func<Token, bool> which, Func<Token, Token> change) =>
        _byHash.Where(entry => which(entry.Value)).Count(entry => _byHash.TryUpdate(entry.Key, change(entry.Value), entry.Value));

    private bool HasExpired(Token token) => token.ExpiresAt <= clock.GetUtcNow();
}
