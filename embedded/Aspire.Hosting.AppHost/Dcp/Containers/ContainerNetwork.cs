using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>The network that the application's containers share, and the way from it to what runs on this machine.</summary>
internal sealed class ContainerNetwork(string name, string[] labels) : IAsyncDisposable
{
    /// <summary>This machine, as containers see it.</summary>
    public const string HostName = "aspire.dev.internal";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<IPEndPoint, PortProxy> _ways = [];
    private IPAddress? _gateway;

    public string Name => name;

    /// <summary>The network's address of this machine; null where the engine tells none. The network is there afterwards.</summary>
    public async Task<IPAddress?> EnsureAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _gateway ??= await MakeAsync(engine, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A port of this machine by which containers of this network, and nobody else, reach <paramref name="backend"/>; the same number where it is free.</summary>
    public async Task<int> OpenWayAsync(ContainerEngine engine, int preferredPort, Func<IPEndPoint> backend, CancellationToken cancellationToken)
    {
        var gateway = await EnsureAsync(engine, cancellationToken).ConfigureAwait(false)
            ?? throw new DistributedApplicationException(
                $"{engine.Name} does not tell by which address containers of the network '{name}' reach this machine. Set AppHost:ContainerHostname to a name by which they do.");
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var target = backend();
            if (!_ways.TryGetValue(target, out var way))
            {
                way = _ways[target] = Listen(gateway, preferredPort, backend);
            }

            return way.Port;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether <see cref="HostName"/> leads here: not with an engine in a virtual machine or a namespace of its own. Only while a container runs.</summary>
    public bool LeadsHere => _ways.Count == 0
        || NetworkInterface.GetAllNetworkInterfaces().Any(network => network.GetIPProperties().UnicastAddresses.Any(address => address.Address.Equals(_gateway)));

    public async ValueTask DisposeAsync()
    {
        foreach (var way in _ways.Values)
        {
            await way.DisposeAsync().ConfigureAwait(false);
        }

        _turn.Dispose();
    }

    private async Task<IPAddress?> MakeAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        var known = await engine.TryAsync(["network", "inspect", name], cancellationToken).ConfigureAwait(false);
        if (!known.IsSuccess)
        {
            await engine.AskAsync(["network", "create", .. labels.SelectMany(label => (string[])["--label", label]), name], cancellationToken).ConfigureAwait(false);
            known = await engine.TryAsync(["network", "inspect", name], cancellationToken).ConfigureAwait(false);
        }

        return GatewayOf(known.Output);
    }

    /// <summary>podman: [{"subnets":[{"gateway":"10.89.0.1"}]}], docker: [{"IPAM":{"Config":[{"Gateway":"172.18.0.1"}]}}]; the first of IPv4.</summary>
    internal static IPAddress? GatewayOf(string inspected)
    {
        var network = JsonNode.Parse(inspected) is JsonArray { Count: > 0 } all ? all[0] : null;
        var subnets = (network?["subnets"] ?? network?["IPAM"]?["Config"]) as JsonArray ?? [];
        return subnets.Select(subnet => (string?)(subnet?["gateway"] ?? subnet?["Gateway"]))
            .Select(gateway => IPAddress.TryParse(gateway, out var address) ? address : null)
            .FirstOrDefault(address => address?.AddressFamily == AddressFamily.InterNetwork);
    }

    private static PortProxy Listen(IPAddress gateway, int preferredPort, Func<IPEndPoint> backend)
    {
        try
        {
            return PortProxy.ListenAhead(gateway, preferredPort, backend);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return PortProxy.ListenAhead(gateway, 0, backend);
        }
    }
}
