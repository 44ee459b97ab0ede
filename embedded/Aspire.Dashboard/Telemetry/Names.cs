using System.Collections.Concurrent;

namespace Aspire.Dashboard.Telemetry;

/// <summary>One copy of each name that comes again and again (keys, scopes, span names), as long as there are few of them.</summary>
internal static class Names
{
    private const int Most = 8192;
    private static readonly ConcurrentDictionary<string, string> s_known = new(StringComparer.Ordinal);
    private static int s_count;

    public static string Of(string name)
    {
        if (name.Length == 0)
        {
            return "";
        }

        if (s_known.TryGetValue(name, out var known))
        {
            return known;
        }

        name = Limits.Cut(name, Limits.NameLength);
        // Names made of data (a span per address) would only fill it.
        if (Volatile.Read(ref s_count) < Most && s_known.TryAdd(name, name))
        {
            Interlocked.Increment(ref s_count);
        }

        return name;
    }
}
