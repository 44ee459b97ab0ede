namespace Waiide.Hub.Mock.Auth;

/// <summary>Makes guessing passwords slow: after a few attempts each further one doubles the wait.</summary>
internal sealed class LoginThrottle(TimeProvider clock)
{
    // Attempts count before it is known that they are wrong: this many may also sign in under one name at the same moment.
    private const int FreeAttempts = 10;
    private const int MostEntries = 10_000;
    private const int Buckets = 4096;

    // Whoever guesses shares an address with others, whom they must not be able to shut out for long.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private readonly Lock _changing = new();
    private readonly Dictionary<(int Bucket, string Address), Attempts> _attempts = [];

    private sealed record Attempts(int Count, DateTimeOffset Last)
    {
        public DateTimeOffset OpenAgain => Count < FreeAttempts
            ? Last
            : Last + TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Count - FreeAttempts)));
    }

    /// <summary>Counts an attempt to sign in under this name from this address. Where there were too many: how long it has to wait instead.</summary>
    public TimeSpan Begin(string name, HttpContext context)
    {
        lock (_changing)
        {
            var now = clock.GetUtcNow();
            if (_attempts.Count >= MostEntries)
            {
                foreach (var (old, _) in _attempts.Where(entry => entry.Value.Last + Memory < now).ToArray())
                {
                    _attempts.Remove(old);
                }
            }

            var key = Key(name, context);
            var before = _attempts.GetValueOrDefault(key);
            if (before?.OpenAgain > now)
            {
                return before.OpenAgain - now;
            }

            _attempts[key] = new Attempts(before is null || before.Last + Memory < now ? 1 : before.Count + 1, now);
            return TimeSpan.Zero;
        }
    }

    /// <summary>The attempt was wrong: the wait begins now.</summary>
    public void Failed(string name, HttpContext context)
    {
        lock (_changing)
        {
            if (_attempts.TryGetValue(Key(name, context), out var attempts))
            {
                _attempts[Key(name, context)] = attempts with { Last = clock.GetUtcNow() };
            }
        }
    }

    /// <summary>The attempt was right: those before it are forgotten.</summary>
    public void Succeeded(string name, HttpContext context)
    {
        lock (_changing)
        {
            _attempts.Remove(Key(name, context));
        }
    }

    // Names that nobody has are treated like any other, or the wait would tell who exists; in buckets, because they are the caller's to invent.
    private static (int, string) Key(string name, HttpContext context) =>
        (name.GetHashCode(StringComparison.Ordinal) & (Buckets - 1), context.Connection.RemoteIpAddress?.ToString() ?? "");
}
