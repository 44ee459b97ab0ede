using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Waiide.Gateway.Doctor;

/// <summary>From here to the gateway: where it listens or will, who is there now, whether its IDE can be used, and a WebSocket without any hop between.</summary>
internal static class GatewayChecks
{
    internal static async IAsyncEnumerable<Finding> LookAsync(GatewayOptions options, Dial dial)
    {
        if (options.Hub is { } hub)
        {
            yield return ServiceUrl(options, IsHere(await HubChecks.AddressesOfAsync(hub.ApiUrl.IdnHost)));
        }

        JsonNode? status = null;
        foreach (var port in Ports(options))
        {
            var (finding, found) = await PortAsync(options, port, dial);
            status ??= found;
            yield return finding;
        }

        if (status?["services"]?["WAIIDE"]?["status"]?.ToString() is not { } ide)
        {
            yield return Finding.Skipped(Checks.Ide, options.Tls is null ? "No gateway runs that could be asked for its IDE." : "With internal_ssl the gateway answers only the hub and its proxy.");
            yield break;
        }

        yield return ide == "running"
            ? Finding.Ok(Checks.Ide, "The gateway says that the IDE can be used.")
            : Finding.Failure(Checks.Ide, $"The gateway says that the IDE is {ide}: {status["ide"]?["detail"]?.ToString() ?? "no reason given"}", options.IdeUrl is null ? "WAIIDE_IDE_COMMAND=…  # see ide-program below, and the gateway's log" : $"WAIIDE_IDE_URL=…  # nothing usable answers at {options.IdeUrl}");
        if (ide == "running" && status["proxy"] is not null)
        {
            var (answer, _, trouble) = await dial.OpenWebSocketAsync(Url(options, Ports(options)[^1], ""), TokenOf(options), null, TimeSpan.Zero);
            yield return answer == 101
                ? Finding.Ok(Checks.WebSocket, "A WebSocket opens at the gateway.")
                : Finding.Failure(Checks.WebSocket, $"No WebSocket opens at the gateway itself ({(answer == 0 ? trouble : answer)}).", answer is 401 or 403 ? "see token above" : "see the gateway's log; LOG_LEVEL=DEBUG");
        }
    }

    /// <summary>This server's own token, as far as it can be had without making one.</summary>
    internal static string? TokenOf(GatewayOptions options)
    {
        var kept = Path.Combine(options.DataDirectory, "token");
        return options.Hub?.ApiToken ?? options.Token ?? (!options.AuthIsOff && File.Exists(kept) ? File.ReadAllText(kept).Trim() : null);
    }

    internal static Finding ServiceUrl(GatewayOptions options, bool hubIsHere)
    {
        if (IPAddress.IsLoopback(options.Address) && !hubIsHere)
        {
            return Finding.Failure(Checks.ServiceUrl, $"The hub is on another machine, but expects this server at {options.Address} (JUPYTERHUB_SERVICE_URL): it will never find it.", "c.Spawner.ip = '0.0.0.0'");
        }

        if (options is { PortIsDefault: true, HubSidePort: { } only })
        {
            return Finding.Ok(Checks.ServiceUrl, $"The hub connects to port {only}, where the gateway listens.");
        }

        return options.HubSidePort is { } hubSide
            ? Finding.Warning(Checks.ServiceUrl, $"The hub connects to port {hubSide} and the gateway's own is {options.Port}: it listens on both.", $"c.Spawner.port = {options.Port}  # or PORT={hubSide}, and it is one")
            : Finding.Ok(Checks.ServiceUrl, $"The hub connects to port {options.Port}, where the gateway listens.");
    }

    private static async Task<(Finding Finding, JsonNode? Status)> PortAsync(GatewayOptions options, int port, Dial dial)
    {
        var name = port.ToString(CultureInfo.InvariantCulture);
        var url = Url(options, port, "api/status");
        if (!await IsOpenAsync(url))
        {
            return (Finding.Skipped(Checks.Port, $"Port {name} is free: no gateway runs yet."), null);
        }

        var owner = PortOwner.Of(port);
        var other = port == options.HubSidePort ? "c.Spawner.port = 0  # a free one for each spawn" : $"PORT={(port < ushort.MaxValue - 10 ? port + 10 : 8070)}";
        if (options.Tls is { } tls)
        {
            return (await HasOurCertificateAsync(url, tls)
                ? Finding.Ok(Checks.Port, $"Port {name} is held by this gateway: it shows the certificate of this server.")
                : Finding.Failure(Checks.Port, $"Port {name} is held by {owner.Name}.", other), null);
        }

        // The token is for nobody else who may have taken the port.
        var answer = await dial.AskAsync(url, owner.IsThisUser ? TokenOf(options) : null);
        if (answer.Json?["services"]?["WAIIDE"] is not null)
        {
            return (Finding.Ok(Checks.Port, $"Port {name} is held by a gateway with the prefix {options.Prefix}."), answer.Json);
        }

        return answer is { Status: 404, Json: { } refusal } && HubChecks.Text(refusal, "message") is { } message && message.StartsWith("This server is at ", StringComparison.Ordinal)
            ? (Finding.Failure(Checks.Port, $"Port {name} is held by a gateway with another prefix: {message}.", other), null)
            : (Finding.Failure(Checks.Port, $"Port {name} is held by {owner.Name}.", other), null);
    }

    // A default port is given up where it is taken and the hub names another.
    internal static int[] Ports(GatewayOptions options) => options switch
    {
        { PortIsDefault: true, HubSidePort: { } only } => [only],
        { HubSidePort: { } hubSide } => [options.Port, hubSide],
        _ => [options.Port],
    };

    internal static Uri Url(GatewayOptions options, int port, string path)
    {
        var any = options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any);
        return new Uri($"{(options.Tls is null ? "http" : "https")}://{new IPEndPoint(any ? IPAddress.Loopback : options.Address, port)}{options.Prefix}{path}");
    }

    private static async Task<bool> IsOpenAsync(Uri url)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.Host.Trim('[', ']'), url.Port).WaitAsync(TimeSpan.FromSeconds(3));
            return true;
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            return false;
        }
    }

    // Our own certificate is no client's, so that the gateway hangs up; but it shows its own first.
    private static async Task<bool> HasOurCertificateAsync(Uri url, InternalTls tls)
    {
        var shown = "";
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.Host.Trim('[', ']'), url.Port);
            await using var stream = new SslStream(client.GetStream());
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = url.Host,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        shown = certificate?.GetCertHashString();
                        return shown == tls.Certificate.GetCertHashString();
                    },
                },
                limit.Token);
        }
        catch (Exception failure) when (failure is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException or SocketException)
        {
            // What it has shown is what counts.
        }

        return shown == tls.Certificate.GetCertHashString();
    }

    private static bool IsHere(IPAddress[] addresses) =>
        addresses.Length == 0 || addresses.Any(IPAddress.IsLoopback)
        || NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Any(own => addresses.Contains(own.Address));
}
