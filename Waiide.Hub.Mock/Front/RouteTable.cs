using System.Collections.Concurrent;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>One route of the front proxy: everything below a prefix goes to one server.</summary>
internal sealed record FrontRoute(string Prefix, Uri Target, string User, string ServerName)
{
    /// <summary>Responses below 300 and bytes from the client count as activity; what a server sends by itself does not.</summary>
    public LastActivity LastActivity { get; } = new();
}

/// <summary>Where the front proxy sends what: the longest prefix of the decoded path wins, letter by letter.</summary>
internal sealed class RouteTable
{
    // By decoded prefix without the slash at its end: /user/we+ird@ex.org.
    private readonly ConcurrentDictionary<string, FrontRoute> _routes = new(StringComparer.Ordinal);

    public void Add(FrontRoute route) => _routes[Key(route.Prefix)] = route;

    public IEnumerable<FrontRoute> All => _routes.Values;

    /// <summary>The route for a raw path; null if there is none. Throws <see cref="FormatException"/> for a path that cannot be decoded.</summary>
    public FrontRoute? Find(string rawPath)
    {
        var path = Decode(rawPath).TrimEnd('/');

        // No route is deeper than its own number of slashes, however many a client sends.
        var deepest = _routes.Keys.Select(key => key.Count('/')).DefaultIfEmpty(0).Max();
        var ends = Enumerable.Range(0, path.Length).Where(i => path[i] == '/').Skip(1).Append(path.Length).Take(deepest).Reverse();
        return ends.Select(end => _routes.GetValueOrDefault(path[..end])).FirstOrDefault(route => route is not null);
    }

    /// <summary>The path that routes are compared with: dot segments resolved, then percent-encoding undone, as configurable-http-proxy's URL parser does.</summary>
    internal static string Decode(string rawPath)
    {
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

    private static string Key(string prefix) => PercentEncoding.Decode(prefix).TrimEnd('/');
}
