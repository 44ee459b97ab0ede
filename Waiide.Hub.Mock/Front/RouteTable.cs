using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>One route of the front proxy: everything below a path goes to one target.</summary>
/// <param name="Path">Decoded, without a slash at its end: /user/we+ird@ex.org. "/" is the route for what no other takes.</param>
/// <param name="Target">A URL, unless whoever called the REST API gave something else.</param>
/// <param name="Data">What the proxy keeps with the route and tells with it, such as user and server_name.</param>
/// <param name="IsHubs">The hub's own, and not added through the REST API.</param>
internal sealed record FrontRoute(string Path, string Target, JsonObject Data, bool IsHubs, DateTimeOffset Added)
{
    /// <summary>Responses below 300 and bytes from the client count as activity; what a server sends by itself does not.</summary>
    public LastActivity LastActivity { get; } = new(Added);

    /// <summary>The path in the form in which the hub names it: percent-encoded, with a slash at its end.</summary>
    public string RouteSpec => Path == "/" ? Path : string.Join('/', Path.Split('/').Select(HubNames.Segment)) + "/";

    /// <summary>Whether it leads to a user's server, and not to a hub (which may be another one, behind this proxy).</summary>
    public bool IsBelowUser { get; } = Path.Contains("/user/", StringComparison.Ordinal);

    /// <summary>Target without a slash at its end; null if it is not the URL of a web server.</summary>
    public string? Destination { get; } = Uri.TryCreate(Target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url.GetLeftPart(UriPartial.Path).TrimEnd('/') : null;
}

/// <summary>Where the front proxy sends what: the longest prefix of the decoded path wins, letter by letter.</summary>
internal sealed class RouteTable
{
    private readonly Lock _changing = new();

    // By path, "" for the root's. Read with every request, replaced as a whole with every change.
    private volatile FrozenDictionary<string, FrontRoute> _routes = FrozenDictionary<string, FrontRoute>.Empty;
    private volatile int _deepest;

    public IEnumerable<FrontRoute> All => _routes.Values;

    /// <summary>The route of exactly this path; null if there is none.</summary>
    public FrontRoute? Get(string path) => _routes.GetValueOrDefault(Key(path));

    /// <summary>Adds a route, or replaces the one of its path. What came through the REST API is not the hub's to replace.</summary>
    public void Add(FrontRoute route) => Change(routes =>
    {
        var key = Key(route.Path);
        if (!route.IsHubs || routes.GetValueOrDefault(key) is null or { IsHubs: true })
        {
            routes[key] = route;
        }
    });

    public void Remove(FrontRoute route) => Change(routes =>
    {
        if (routes.GetValueOrDefault(Key(route.Path)) == route)
        {
            routes.Remove(Key(route.Path));
        }
    });

    /// <summary>The route for a decoded path; null if there is none.</summary>
    public FrontRoute? Find(string path)
    {
        var routes = _routes.GetAlternateLookup<ReadOnlySpan<char>>();

        // No route has more segments than the deepest one, however many a client sends.
        for (var prefix = First("/" + path.Trim('/'), _deepest); prefix.Length > 0; prefix = prefix[..prefix.LastIndexOf('/')])
        {
            if (routes.TryGetValue(prefix, out var route))
            {
                return route;
            }
        }

        return _routes.GetValueOrDefault("");
    }

    private static string Key(string path) => path.Trim('/') is { Length: > 0 } inner ? "/" + inner : "";

    private void Change(Action<Dictionary<string, FrontRoute>> change)
    {
        lock (_changing)
        {
            var routes = new Dictionary<string, FrontRoute>(_routes, StringComparer.Ordinal);
            change(routes);
            _routes = routes.ToFrozenDictionary(StringComparer.Ordinal);
            _deepest = routes.Count == 0 ? 0 : routes.Keys.Max(key => key.Count('/'));
        }
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
