using System.Net;
using System.Net.NetworkInformation;

namespace Waiide.Gateway.Proxy;

/// <summary>Ports that are no dev server of the user's: whoever asks there by way of the gateway would meet Waiide itself, the hub, or what an administrator has ruled out.</summary>
internal static class RefusedPorts
{
    // Read once: a machine keeps its addresses, and a request is no time to ask for them.
    private static readonly Lazy<IPAddress[]> OurAddresses = new(() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(address => address.Address)]);

    /// <summary>The sentence that refuses <paramref name="port"/>; null: it is the user's.</summary>
    internal static string? WhyNot(ushort port, GatewayOptions options, int? idePort)
    {
        // A request for the gateway's own port would come back here for ever.
        if (port == options.Port || port == options.HubSidePort)
        {
            return $"Port {port} is this gateway's own.";
        }

        // The API's port wherever the hub is: its name may well lead to this machine. A front is only refused where it is known to be here, since its port is an ordinary one.
        if (port == options.Hub?.ApiUrl.Port || Fronts(options.Hub).Any(front => front.Port == port && IsHere(front)))
        {
            return $"Port {port} is the hub's.";
        }

        if (port == idePort || port == options.WellKnownIdePort)
        {
            return $"Port {port} is the IDE server's, which is at {options.Prefix}";
        }

        if (options.TelemetryUrls.Any(url => url.Port == port && IsHere(url)))
        {
            return $"Port {port} is where the telemetry of this server goes.";
        }

        return options.DeniedPorts.Contains(port) ? $"Whoever runs this server has ruled port {port} out (WAIIDE_DENIED_PORTS)." : null;
    }

    private static IEnumerable<Uri> Fronts(HubOptions? hub)
    {
        if (hub?.PublicUrl is { } server)
        {
            yield return server;
        }

        if (hub?.PublicHubUrl is { } publicHub)
        {
            yield return publicHub;
        }

        if (Uri.TryCreate(hub?.Host, UriKind.Absolute, out var host))
        {
            yield return host;
        }
    }

    private static bool IsHere(Uri url) => IPAddress.TryParse(url.IdnHost, out var address)
        ? IPAddress.IsLoopback(address) || OurAddresses.Value.Contains(address)
        : url.IsLoopback || url.IdnHost.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || url.IdnHost.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);
}
