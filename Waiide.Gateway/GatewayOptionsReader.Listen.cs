using System.Net;
using System.Text.RegularExpressions;

namespace Waiide.Gateway;

// Where to listen, and whom to believe there.
internal sealed partial class GatewayOptionsReader
{
    /// <summary>
    /// The host and port of JUPYTERHUB_SERVICE_URL, read by hand: hubs write "http://:8888/user/ada/" and "http://:::8888", which <see cref="Uri"/> refuses.
    /// </summary>
    private (IPAddress? Address, int? Port) ServiceUrl()
    {
        if (Text("JUPYTERHUB_SERVICE_URL") is not { } text)
        {
            return (null, null);
        }

        if (text.StartsWith("http+unix:", StringComparison.Ordinal))
        {
            _mistakes.Add($"JUPYTERHUB_SERVICE_URL is '{text}', a Unix socket, which this gateway cannot listen on. Set the spawner to TCP: c.Spawner.ip = '127.0.0.1' and c.Spawner.port = 8070.");
            return (null, null);
        }

        var match = ServiceUrlPattern().Match(text);
        if (!match.Success)
        {
            _mistakes.Add($"JUPYTERHUB_SERVICE_URL is '{text}'. Set it to the URL at which the hub reaches this server, such as http://127.0.0.1:8070/user/ada/.");
            return (null, null);
        }

        var port = match.Groups["port"] is { Success: true } digits ? ParsePort(digits.Value) : 80;
        if (port is null)
        {
            _mistakes.Add($"JUPYTERHUB_SERVICE_URL is '{text}'. Set its port to a number from 1 to 65535.");
        }

        var host = match.Groups["host"].Value.Trim('[', ']');
        if (host is "" or "::" or "*")
        {
            return (IPAddress.IPv6Any, port);
        }

        if (ParseAddress(host) is { } address)
        {
            return (address, port);
        }

        _warnings.Add($"The host of JUPYTERHUB_SERVICE_URL ({host}) is not an address of this machine that could be listened on: the gateway listens on all of them.");
        return (IPAddress.IPv6Any, port);
    }

    private IPAddress? Host()
    {
        if (Text("WAIIDE_HOST") is not { } text)
        {
            return null;
        }

        if (ParseAddress(text) is { } address)
        {
            return address;
        }

        _mistakes.Add($"WAIIDE_HOST is '{text}'. Set it to an IP address to listen on, such as 127.0.0.1, or to 0.0.0.0 for all.");
        return null;
    }

    // Kubernetes and Docker links set JUPYTERHUB_PORT=tcp://10.0.0.1:80 for a service of the name "jupyterhub".
    private int? HubPort()
    {
        if (Text("JUPYTERHUB_PORT") is { } text && ParsePort(text) is null)
        {
            _warnings.Add($"JUPYTERHUB_PORT is '{text}', which is not a port number; it is ignored.");
            return null;
        }

        return Port("JUPYTERHUB_PORT");
    }

    // With internal TLS nobody gets as far as a header but the hub and its proxy: both have shown their certificates.
    private List<IPNetwork> TrustedProxies(bool everybody)
    {
        if (everybody && Text("WAIIDE_TRUSTED_PROXIES") is null)
        {
            return [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)];
        }

        var networks = new List<IPNetwork>();
        foreach (var text in (Text("WAIIDE_TRUSTED_PROXIES") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                _mistakes.Add($"WAIIDE_TRUSTED_PROXIES has '{text}'. Set it to addresses or networks separated by commas, such as 10.0.0.0/8,::1.");
            }
        }

        return networks;
    }

    private static IPAddress? ParseAddress(string text) =>
        text == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(text, out var address) ? address : null;

    [GeneratedRegex(@"^https?://(?<host>\[[^\]/]*\]|.*?)(:(?<port>[^:/]*))?(/.*)?$")]
    private static partial Regex ServiceUrlPattern();
}
