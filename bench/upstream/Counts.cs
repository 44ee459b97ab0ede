using System.Collections.Concurrent;

namespace Bench.Upstream;

/// <summary>How many requests of each path came, so that no figure is of answers that somebody else gave.</summary>
internal sealed class Counts
{
    private readonly ConcurrentDictionary<string, long> _counts = new();

    internal IReadOnlyDictionary<string, long> All => _counts;

    internal void Add(string path) => _counts.AddOrUpdate(path, 1, static (_, count) => count + 1);
}
