namespace Waiide.Hub.Mock;

/// <summary>The front proxy (Hub:Proxy:*): our own on Hub:FrontPort, or a configurable-http-proxy that stands in front.</summary>
internal sealed record ProxyOptions
{
    /// <summary>Hub:Proxy:ApiPort: where our own proxy answers configurable-http-proxy's REST API; null: nowhere.</summary>
    public int? ApiPort { get; init; }

    /// <summary>Hub:Proxy:ApiUrl: the REST API of a configurable-http-proxy to use instead of our own, such as http://127.0.0.1:8001; then Hub:FrontPort is not opened.</summary>
    public Uri? ApiUrl { get; init; }

    /// <summary>Hub:Proxy:AuthToken: what the REST API is called with (CONFIGPROXY_AUTH_TOKEN).</summary>
    public string? AuthToken { get; init; }

    /// <summary>Hub:Proxy:HubUrl: where the proxy reaches this hub: by default Hub:ApiPort on Hub:Address, or on loopback if that is every address.</summary>
    public Uri HubUrl { get; init; } = new("http://127.0.0.1:8081");

    /// <summary>Hub:LastActivityInterval, in seconds: how often the routes' activity is taken over into users and servers, and the routes are repaired.</summary>
    public TimeSpan LastActivityInterval { get; init; } = TimeSpan.FromSeconds(300);
}
