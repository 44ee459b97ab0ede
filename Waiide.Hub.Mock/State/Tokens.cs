using System.Collections.Concurrent;
using System.Globalization;

namespace Waiide.Hub.Mock.State;

/// <summary>Every token that is valid now.</summary>
internal sealed class Tokens(TimeProvider clock, Store store)
{
    private readonly ConcurrentDictionary<string, Token> _byHash = new();
    private readonly Lock _changing = new();
    private long _last = store.LastId("tokens");

    /// <summary>Those that have expired too.</summary>
    public IEnumerable<Token> All => _byHash.Values;

    /// <summary>The id of the next token.</summary>
    public string NextId() => "a" + Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);

    public void Add(string secret, Token token)
    {
        Revoke(HasExpired);
        var hash = Secrets.Hash(secret);
        lock (_changing)
        {
            store.Add(hash, token); // First: it refuses the token of a user who is gone.
            _byHash[hash] = token;
        }
    }

    /// <summary>As the database had it.</summary>
    public void Restore(string hash, Token token) => _byHash[hash] = token;

    public Token? Find(string secret) =>
        _byHash.TryGetValue(Secrets.Hash(secret), out var token) && !HasExpired(token) ? token : null;

    public IEnumerable<Token> Of(Owner owner) =>
        _byHash.Values.Where(token => token.Owner == owner && !HasExpired(token)).OrderBy(token => token.Created);

    public void Revoke(Func<Token, bool> which)
    {
        lock (_changing)
        {
            var revoked = _byHash.Where(entry => which(entry.Value)).ToArray();
            if (revoked.Length == 0)
            {
                return;
            }

            store.Remove([.. revoked.Select(entry => entry.Value)]);
            foreach (var (hash, _) in revoked)
            {
                _byHash.TryRemove(hash, out _);
            }
        }
    }

    /// <summary>Ends tokens that the caller takes out of the database.</summary>
    public void Forget(Func<Token, bool> which)
    {
        lock (_changing)
        {
            foreach (var (hash, _) in _byHash.Where(entry => which(entry.Value)).ToArray())
            {
                _byHash.TryRemove(hash, out _);
            }
        }
    }

    /// <summary>Puts another in the place of each of these tokens, for the same secret; returns how many there were.</summary>
    public int Change(Func<Token, bool> which, Func<Token, Token> change)
    {
        lock (_changing)
        {
            var changed = _byHash.Where(entry => which(entry.Value)).Select(entry => (Hash: entry.Key, Token: change(entry.Value))).ToArray();
            store.Save([.. changed.Select(entry => entry.Token)]);
            foreach (var (hash, token) in changed)
            {
                _byHash[hash] = token;
            }

            return changed.Length;
        }
    }

    private bool HasExpired(Token token) => token.ExpiresAt <= clock.GetUtcNow();
}
