using System.Collections.Concurrent;

namespace Waiide.Hub.Mock.Auth;

/// <summary>Makes guessing passwords slow: after a few failures each further one doubles the wait.</summary>
internal sealed class LoginThrottle(TimeProvider clock)
{
    private const int FreeFailures = 5;
    private const int Entries = 4096; // Per address.
    private const int MostEntries = 10_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<(int Name, string Address), Failures> _failures = new();
    private readonly Lock _trying = new();

    private sealed record Failures(int Count, DateTimeOffset Last)
    {
        public DateTimeOffset OpenAgain => Count < FreeFailures
            ? Last
            : Last + TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Count - FreeFailures)));
    }

    /// <summary>How long this address has to wait before it may try this name again. Zero: it may now, and that is counted as a failure until <see cref="Succeeded"/>, so that guesses at the same moment are no way around.</summary>
    public TimeSpan Try(string name, HttpContext context)
    {
        lock (_trying)
        {
            var now = clock.GetUtcNow();
            if (_failures.TryGetValue(Key(name, context), out var failures) && failures.OpenAgain > now)
            {
                return failures.OpenAgain - now;
            }

            Count(name, context, now);
            return TimeSpan.Zero;
        }
    }

    public void Succeeded(string name, HttpContext context) => _failures.TryRemove(Key(name, context), out _);

    private void Count(string name, HttpContext context, DateTimeOffset now)
    {
        if (_failures.Count >= MostEntries)
        {
            foreach (var (key, old) in _failures.Where(entry => entry.Value.Last + Memory < now))
            {
                _failures.TryRemove(key, out _);
            }
        }

        _failures.AddOrUpdate(
            Key(name, context),
            new Failures(1, now),
            (_, before) => new Failures(before.Last + Memory < now ? 1 : before.Count + 1, now));
    }

    // Names are the caller's to invent, so they share a few entries; known ones too, or the difference would tell who exists.
    private static (int, string) Key(string name, HttpContext context) => (name.GetHashCode(StringComparison.Ordinal) & (Entries - 1), context.Connection.RemoteIpAddress?.ToString() ?? "");
}
