using System.Net;

namespace Waiide.Hub.Mock;

/// <summary>Hub:Proxy:*.</summary>
internal static partial class HubSettings
{
    private static ProxyOptions Proxy(IConfigurationSection hub, List<string> mistakes)
    {
        var section = hub.GetSection("Proxy");
        var defaults = new ProxyOptions();
        var options = new ProxyOptions
        {
            ApiPort = section["ApiPort"] is { Length: > 0 } ? Port(hub, "Proxy:ApiPort", 8001, mistakes) : null,
            ApiUrl = Url(section, "ApiUrl", "set the address of the proxy's REST API, such as http://127.0.0.1:8001", mistakes),
            HubUrl = HubUrl(hub, mistakes),
            AuthToken = section["AuthToken"] is { Length: > 0 } token ? token : null,
            LastActivityInterval = Seconds(hub, "LastActivityInterval", defaults.LastActivityInterval, mistakes),
        };
        if ((options.ApiPort is not null || options.ApiUrl is not null) && options.AuthToken is null)
        {
            mistakes.Add("Hub:Proxy:AuthToken is missing; set the token that the proxy's REST API is called with (the proxy's CONFIGPROXY_AUTH_TOKEN).");
        }

        if (options.ApiPort is not null && options.ApiUrl is not null)
        {
            mistakes.Add("Hub:Proxy:ApiPort is for the hub's own proxy and Hub:Proxy:ApiUrl for another one; set one of them.");
        }

        return options;
    }

    private static Uri HubUrl(IConfigurationSection hub, List<string> mistakes)
    {
        // Mistakes in these two are told where they belong.
        var address = Address(hub, []);
        var otherwise = new Uri($"http://{new IPEndPoint(address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address, Port(hub, "ApiPort", 8081, []))}");
        return Url(hub, "Proxy:HubUrl", $"set where the proxy reaches this hub, such as {otherwise.GetLeftPart(UriPartial.Authority)}", mistakes) ?? otherwise;
    }

    // Every two of them that are the same: a port opens once.
    private static void CheckPorts(HubOptions options, List<string> mistakes)
    {
        var ports = Listeners.Of(options);
        foreach (var (setting, port) in ports)
        {
            if (ports.TakeWhile(other => other.Setting != setting).FirstOrDefault(other => other.Port == port) is { Setting: { } first })
            {
                mistakes.Add($"{first} and {setting} are both {port}; give them different ports.");
            }
        }
    }
}
