using System.Threading.RateLimiting;
using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Auth;

/// <summary>
/// Questions to the hub that anybody can cause: a few at a time, a short queue, and beyond it a "no" at once. The hub is everybody's, and the connections to it that are left
/// (<see cref="HubClient"/>) are for those who are known.
/// </summary>
internal sealed class Strangers : IDisposable
{
    // Apart: made-up tokens keep nobody from signing in.
    private readonly ConcurrencyLimiter _tokens = Limit();
    private readonly ConcurrencyLimiter _logins = Limit();

    /// <summary>What <paramref name="ask"/> returns about a token, once it is its turn.</summary>
    internal Task<T> AskAsync<T>(Func<Task<T>> ask) => InTurnAsync(_tokens, ask);

    /// <summary>What <paramref name="redeem"/> returns for a login, once it is its turn.</summary>
    internal Task<T> RedeemAsync<T>(Func<Task<T>> redeem) => InTurnAsync(_logins, redeem);

    public void Dispose()
    {
        _tokens.Dispose();
        _logins.Dispose();
    }

    private static ConcurrencyLimiter Limit() => new(new ConcurrencyLimiterOptions { PermitLimit = 6, QueueLimit = 30, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    private static async Task<T> InTurnAsync<T>(ConcurrencyLimiter limit, Func<Task<T>> ask)
    {
        using var turn = await limit.AcquireAsync();
        return turn.IsAcquired ? await ask() : throw HubException.Crowded();
    }
}
