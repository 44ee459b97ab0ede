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
    private ContainerSubnet? _subnet;

    public string Name => name;

    /// <summary>The network's addresses; null where the engine tells none. The network is there afterwards.</summary>
    public async Task<ContainerSubnet?> EnsureAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _subnet ??= await MakeAsync(engine, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A port of this machine by which containers reach <paramref name="backend"/>, and <see cref="ContainerSubnet.IsOfContainer">nobody else</see>; the same number where it is free.</summary>
    public async Task<int> OpenWayAsync(ContainerEngine engine, int preferredPort, Func<IPEndPoint> backend, CancellationToken cancellationToken)
    {
        var subnet = await EnsureAsync(engine, cancellationToken).ConfigureAwait(false)
            ?? throw new DistributedApplicationException($"{engine.Name} does not tell by which IPv4 address containers of the network '{name}' reach this machine.");
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var target = backend();
            if (!_ways.TryGetValue(target, out var way))
            {
                way = _ways[target] = Listen(subnet, preferredPort, backend);
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
        || NetworkInterface.GetAllNetworkInterfaces().Any(network => network.GetIPProperties().UnicastAddresses.Any(address => address.Address.Equals(_subnet?.Host)));

    public async ValueTask DisposeAsync()
    {
        foreach (var way in _ways.Values)
        {
            await way.DisposeAsync().ConfigureAwait(false);
        }

        _turn.Dispose();
    }

    private async Task<ContainerSubnet?> MakeAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        var known = await engine.TryAsync(["network", "inspect", name], cancellationToken).ConfigureAwait(false);
        if (!known.IsSuccess)
        {
            await engine.AskAsync(["network", "create", .. labels.SelectMany(label => (string[])["--label", label]), name], cancellationToken).ConfigureAwait(false);
            known = await engine.TryAsync(["network", "inspect", name], cancellationToken).ConfigureAwait(false);
        }

        return ContainerSubnet.Parse(known.Output);
    }

    private static PortProxy Listen(ContainerSubnet subnet, int preferredPort, Func<IPEndPoint> backend)
    {
        try
        {
            return PortProxy.ListenAhead(subnet.Host, preferredPort, backend, subnet.IsOfContainer);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return PortProxy.ListenAhead(subnet.Host, 0, backend, subnet.IsOfContainer);
        }
    }
}

/// <summary>The addresses of a network's containers, and <paramref name="Host"/>, that of this machine among them.</summary>
internal sealed record ContainerSubnet(IPNetwork Network, IPAddress Host)
{
    /// <summary>Containers of other networks keep their own addresses on the way here, and whoever comes from this machine itself has an address of the machine: the gateway's.</summary>
    public bool IsOfContainer(IPAddress peer) => Network.Contains(peer) && !peer.Equals(Host);

    /// <summary>podman: [{"subnets":[{"subnet":"10.89.0.0/24","gateway":"10.89.0.1"}]}], docker: [{"IPAM":{"Config":[{"Subnet":"172.18.0.0/16","Gateway":"172.18.0.1"}]}}]; the first of IPv4.</summary>
    public static ContainerSubnet? Parse(string inspected)
    {
        var network = JsonNode.Parse(inspected) is JsonArray { Count: > 0 } all ? all[0] : null;
        var subnets = (network?["subnets"] ?? network?["IPAM"]?["Config"]) as JsonArray ?? [];
        foreach (var subnet in subnets)
        {
            if (IPNetwork.TryParse((string?)(subnet?["subnet"] ?? subnet?["Subnet"]), out var addresses)
                && IPAddress.TryParse((string?)(subnet?["gateway"] ?? subnet?["Gateway"]), out var gateway)
                && gateway.AddressFamily == AddressFamily.InterNetwork)
            {
                return new ContainerSubnet(addresses, gateway);
            }
        }

        return null;
    }
}
