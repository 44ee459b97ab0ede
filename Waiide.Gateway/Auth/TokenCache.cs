using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Auth;

/// <summary>
/// Remembers for a moment whose a token is. The key has the hub's session in it: when the browser loses that cookie at the hub's logout, the hub is asked again at once.
/// </summary>
internal sealed class TokenCache(HubClient hub, Strangers strangers, GatewayMetrics metrics, TimeProvider clock)
{
    // A revoked token is refused after this time at the latest; the stock server takes 300 s. Sometimes up to a fifth sooner: thousands of servers whose questions met, when the hub
    // came back from a restart, say, would meet each time again.
    internal static readonly TimeSpan Known = TimeSpan.FromSeconds(45);
    private const double Spread = 0.2;

    // Shorter, so that a hiccup of the hub does not lock anybody out for long.
    private static readonly TimeSpan Unknown = TimeSpan.FromSeconds(5);

    private const int Many = 1000;

    private readonly ConcurrentDictionary<(string Token, string Session), Entry> _entries = new();

    /// <summary>
    /// The owner of <paramref name="token"/>, or null; throws <see cref="HubException"/> when the hub cannot be asked, which is not remembered. Whoever sends a token that
    /// the hub has given neither <paramref name="toUs"/> nor, as far as is remembered, to anybody waits in the strangers' queue.
    /// </summary>
    internal async Task<HubUser?> FindAsync(string token, string hubSession, bool toUs)
    {
        var key = (Hash(token), Hash(hubSession));
        if (!_entries.ContainsKey(key))
        {
            MakeRoom();
        }

        // One question for all who wait for it, whoever of them goes away meanwhile.
        var isHit = true;
        var asked = _entries.AddOrUpdate(
            key,
            _ => Ask(toUs),
            (_, other) => other.Until > clock.GetUtcNow() ? other : Ask(toUs || other.IsKnown));
        metrics.TokenLookedUp(isHit);
        Traces.AskedTheHub(asked.Cause, isAnswered: asked.User is { IsValueCreated: true, Value.IsCompleted: true });
        try
        {
            var user = await asked.User.Value;
            if (user is null)
            {
                _entries.TryUpdate(key, asked with { Until = asked.Asked + Unknown }, asked);
            }

            return user;
        }
        catch
        {
            _entries.TryRemove(KeyValuePair.Create(key, asked));
            throw;
        }

        Entry Ask(bool isKnown)
        {
            isHit = false;
            return NewEntry(token, isKnown);
        }
    }

    /// <summary>What is remembered about one token, for who looks at it again and again.</summary>
    internal sealed record Held((string Token, string Session) Key, Entry Entry);

    /// <summary>What is remembered of <paramref name="user"/>'s token; null: it was forgotten, or asked about anew, since they were found by it.</summary>
    internal Held? Hold(string token, string hubSession, HubUser user)
    {
        var key = (Hash(token), Hash(hubSession));
        return _entries.TryGetValue(key, out var entry) && entry.IsKnown && ReferenceEquals(entry.User.Value.Result, user) ? new Held(key, entry) : null;
    }

    /// <summary>Whether that is still remembered, and may still be believed.</summary>
    internal bool Holds(Held held)
    {
        var isHeld = _entries.TryGetValue(held.Key, out var entry) && ReferenceEquals(entry, held.Entry) && entry.Until > clock.GetUtcNow();
        if (isHeld)
        {
            metrics.TokenLookedUp(isHit: true);
        }

        return isHeld;
    }

    /// <summary>Forgets what is known about <paramref name="token"/>, in whatever session.</summary>
    internal void Evict(string token)
    {
        var hash = Hash(token);
        Forget(known => known.Key.Token == hash);
    }

    // Whoever sends a thousand made-up tokens displaces those first, answered or not: what belongs to nobody is the first to go.
    private void MakeRoom()
    {
        if (_entries.Count >= Many)
        {
            foreach (var known in _entries.OrderBy(known => known.Value.IsKnown).ThenBy(known => known.Value.Asked).Take(Many / 10))
            {
                _entries.TryRemove(known);
            }
        }
    }

    private void Forget(Func<KeyValuePair<(string Token, string Session), Entry>, bool> which)
    {
        foreach (var known in _entries.Where(which))
        {
            _entries.TryRemove(known);
        }
    }

    private Entry NewEntry(string token, bool isKnown)
    {
        var now = clock.GetUtcNow();
        return new Entry(new Lazy<Task<HubUser?>>(() => isKnown ? AskAsync() : strangers.AskAsync(AskAsync)), now, now + Lifetime(Random.Shared.NextDouble()), Traces.Here);

        Task<HubUser?> AskAsync() => hub.FindUserAsync(token, CancellationToken.None);
    }

    /// <summary>How long an answer is believed; <paramref name="share"/> is a random number from 0 to 1.</summary>
    internal static TimeSpan Lifetime(double share) => Known * (1 - (Spread * share));

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    internal sealed record Entry(Lazy<Task<HubUser?>> User, DateTimeOffset Asked, DateTimeOffset Until, ActivityContext Cause)
    {
        public bool IsKnown => User is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: not null } };
    }
}
