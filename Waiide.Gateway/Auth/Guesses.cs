using System.Security.Cryptography;
using System.Text;

namespace Waiide.Gateway.Auth;

/// <summary>
/// Compares a token with the one that opens this gateway, and slows down whoever keeps getting it wrong. Counted by address, so that a guesser elsewhere keeps nobody
/// out; whoever is signed in is not asked at all.
/// </summary>
internal sealed class Guesses(GatewayOptions options, TimeProvider clock)
{
    // Ten wrong ones at once, then one every six seconds: nobody who mistypes notices, and a year tries fewer tokens than four random letters can make.
    private const int AtOnce = 10;
    private const int Many = 10_000;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Credit = Each * (AtOnce - 1);

    // Until when the wrong guesses of a guesser have to be waited for. One date is the whole bucket: it fills by itself.
    private readonly Dictionary<string, DateTimeOffset> _until = [];
    private readonly Lock _lock = new();

    /// <summary>What came of it: the token was right, or wrong, or not looked at before <see cref="Wait"/> has passed.</summary>
    internal sealed record Guess(bool IsRight, TimeSpan? Wait = null);

    /// <summary>By whom a guess is counted, of whom nothing else is known.</summary>
    internal string AddressOf(HttpContext context) => ClientAddress.Of(context, options.TrustedProxies);

    /// <summary>For who is signed in: guesses nothing by it.</summary>
    internal Guess Look(string token) => new(IsRight(token));

    /// <summary>Counted by <paramref name="guesser"/>: an address, or a browser that is known (<see cref="Devices"/>).</summary>
    internal Guess Try(string guesser, string token)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            var until = _until.GetValueOrDefault(guesser);
            if (until - now > Credit)
            {
                return new Guess(false, until - now - Credit);
            }

            if (IsRight(token))
            {
                return new Guess(true);
            }

            MakeRoom(now);
            _until[guesser] = (until > now ? until : now) + Each;
            return new Guess(false);
        }
    }

    private bool IsRight(string token) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(options.Token!));

    private void MakeRoom(DateTimeOffset now)
    {
        if (_until.Count < Many)
        {
            return;
        }

        foreach (var (guesser, _) in _until.Where(entry => entry.Value <= now).ToArray())
        {
            _until.Remove(guesser);
        }

        // Those who have guessed least are forgotten first.
        foreach (var (guesser, _) in _until.Count < Many ? [] : _until.OrderBy(entry => entry.Value).Take(Many / 10).ToArray())
        {
            _until.Remove(guesser);
        }
    }
}

/// <summary>Tokens are not looked at for a while; says so where somebody is refused for it.</summary>
internal sealed class TooManyGuessesException(TimeSpan wait) : Exception($"Too many wrong tokens came from your address. Try again in {WholeSeconds(wait)} s.")
{
    public int Seconds => WholeSeconds(wait);

    private static int WholeSeconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
}
