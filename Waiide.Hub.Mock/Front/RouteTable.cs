using System.Collections.Frozen;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>One route of the front proxy: everything below a prefix goes to one server.</summary>
internal sealed record FrontRoute(string Prefix, Uri Target, string User, string ServerName, DateTimeOffset Added)
{
    /// <summary>Responses below 300 and bytes from the client count as activity; what a server sends by itself does not.</summary>
    public LastActivity LastActivity { get; } = new(Added);
}

/// <summary>Where the front proxy sends what: the longest prefix of the decoded path wins, letter by letter.</summary>
internal sealed class RouteTable
{
    private readonly Lock _changing = new();

    // By decoded prefix without the slash at its end: /user/we+ird@ex.org. Read with every request, replaced as a whole with every change.
    private volatile FrozenDictionary<string, FrontRoute> _routes = FrozenDictionary<string, FrontRoute>.Empty;
    private volatile int _deepest;

    public IEnumerable<FrontRoute> All => _routes.Values;

    public void Add(FrontRoute route)
    {
        lock (_changing)
        {
            var key = Decode(route.Prefix).TrimEnd('/');
            _routes = new Dictionary<string, FrontRoute>(_routes) { [key] = route }.ToFrozenDictionary(StringComparer.Ordinal);
            _deepest = _routes.Keys.Max(prefix => prefix.Count('/'));
        }
    }

    public void Remove(string prefix)
    {
        lock (_changing)
        {
            var routes = new Dictionary<string, FrontRoute>(_routes);
            routes.Remove(Decode(prefix).TrimEnd('/'));
            _routes = routes.ToFrozenDictionary(StringComparer.Ordinal);
            _deepest = routes.Count == 0 ? 0 : routes.Keys.Max(key => key.Count('/'));
        }
    }

    /// <summary>The route for a raw path; null if there is none. Throws <see cref="FormatException"/> for a path that cannot be decoded.</summary>
    public FrontRoute? Find(string rawPath)
    {
        var prefixes = _routes.GetAlternateLookup<ReadOnlySpan<char>>();
        var path = Decode(rawPath).AsSpan().TrimEnd('/');

        // No prefix has more segments than the deepest route, however many a client sends.
        for (var prefix = First(path, _deepest); prefix.Length > 0; prefix = prefix[..prefix.LastIndexOf('/')])
        {
            if (prefixes.TryGetValue(prefix, out var route))
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>The path that routes are compared with: dot segments resolved, then percent-encoding undone, as configurable-http-proxy's URL parser does.</summary>
    internal static string Decode(string rawPath)
    {
        if (rawPath.AsSpan().IndexOfAny("%.\\") < 0)
        {
            return rawPath;
        }

        var segments = new List<string>();
        foreach (var segment in rawPath.Replace('\\', '/').Split('/').Skip(1))
        {
            switch (segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase))
            {
                case "..":
                    segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
                    break;
                case ".":
                    break;
                default:
                    segments.Add(segment);
                    break;
            }
        }

        return PercentEncoding.Decode("/" + string.Join('/', segments));
    }

    private static ReadOnlySpan<char> First(ReadOnlySpan<char> path, int segments)
    {
        var seen = 0;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '/' && seen++ == segments)
            {
                return path[..i];
            }
        }

        return path;
    }
}
