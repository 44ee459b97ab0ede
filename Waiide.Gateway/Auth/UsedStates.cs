namespace Waiide.Gateway.Auth;

/// <summary>The logins that have come back from the hub: each may do so once. Kept as long as their cookies last, and never more than many.</summary>
internal sealed class UsedStates(TimeProvider clock)
{
    // Whoever sends more than that in ten minutes pushes out the oldest, whose codes the hub has long used up.
    private const int Many = 10_000;

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Queue<(string State, DateTimeOffset Until)> _oldestFirst = new();
    private readonly Lock _lock = new();

    /// <summary>True at the first time that <paramref name="state"/> comes.</summary>
    internal bool Take(string state, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            while (_oldestFirst.TryPeek(out var oldest) && (oldest.Until < now || _oldestFirst.Count >= Many))
            {
                _used.Remove(_oldestFirst.Dequeue().State);
            }

            if (!_used.Add(state))
            {
                return false;
            }

            _oldestFirst.Enqueue((state, now + lifetime));
            return true;
        }
    }
}
