using System.Collections.Concurrent;

namespace Waiide.Hub.Mock.Auth;

/// <summary>Makes guessing passwords slow: after a few failures each further one doubles the wait.</summary>
internal sealed class LoginThrottle(TimeProvider clock)
{
    private const int FreeFailures = 5;
    private const int MostEntries = 10_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<(string User, string Address), Failures> _failures = new();

    private sealed record Failures(int Count, DateTimeOffset Last)
    {
        public DateTimeOffset OpenAgain => Count < FreeFailures
            ? Last
            : Last + TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Count - FreeFailures)));
    }

    /// <summary>How long this address has to wait before it may try this user again. Unknown users share one entry: their names are the caller's to invent.</summary>
    public TimeSpan Wait(string? user, HttpContext context) =>
        _failures.TryGetValue(Key(user, context), out var failures) && failures.OpenAgain > clock.GetUtcNow() ? failures.OpenAgain - clock.GetUtcNow() : TimeSpan.Zero;

    public void Failed(string? user, HttpContext context)
    {
        var now = clock.GetUtcNow();
        if (_failures.Count >= MostEntries)
        {
            foreach (var (key, old) in _failures.Where(entry => entry.Value.Last + Memory < now))
            {
                _failures.TryRemove(key, out _);
            }
        }

        _failures.AddOrUpdate(
            Key(user, context),
            new Failures(1, now),
            (_, before) => new Failures(before.Last + Memory < now ? 1 : before.Count + 1, now));
    }

    public void Succeeded(string user, HttpContext context) => _failures.TryRemove(Key(user, context), out _);

    private static (string, string) Key(string? user, HttpContext context) => (user ?? "", context.Connection.RemoteIpAddress?.ToString() ?? "");
}
