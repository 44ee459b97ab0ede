using System.Security.Cryptography;
using System.Text;

namespace Aspire.Dashboard.Front;

/// <summary>
/// Compares tokens with the one that lets in, and pauses when too many were wrong. Everybody comes from this machine, so that guessers cannot be told from others: a token that is too long to be guessed is looked at all the same,
/// so that the printed link always works; a short one, which somebody has chosen, has to wait as the guesses do.
/// </summary>
internal sealed class Guesses(TimeProvider clock)
{
    public const int Most = 10;

    // As long as the tokens that the AppHost makes.
    private const int TooLongToGuess = 32;
    private static readonly TimeSpan s_while = TimeSpan.FromMinutes(1);

    private readonly Queue<DateTimeOffset> _wrong = new();
    private readonly Lock _lock = new();

    /// <summary>Whether the token is right, and how long to wait if it was not looked at.</summary>
    public (bool IsRight, TimeSpan? Wait) Try(string token, string right)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            while (_wrong.TryPeek(out var oldest) && now - oldest >= s_while)
            {
                _wrong.Dequeue();
            }

            TimeSpan? wait = _wrong.Count < Most ? null : _wrong.Peek() + s_while - now;
            if ((wait is null || right.Length >= TooLongToGuess) && Equal(token, right))
            {
                return (true, null);
            }

            if (wait is null)
            {
                _wrong.Enqueue(now);
            }

            return (false, wait);
        }
    }

    /// <summary>Compares in a time that tells nothing.</summary>
    public static bool Equal(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
