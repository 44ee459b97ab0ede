using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Dcp;

/// <summary>The ports of one resource: decides them, and holds the public ones from the start of the application to its end.</summary>
internal sealed class ResourceEndpoints : IAsyncDisposable
{
    // A container's port is known while it runs; else nobody answers here.
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 0);

    private readonly IResource _resource;
    private readonly List<PublicPort> _ports = [];
    private readonly List<PublicPort> _containerPorts = [];
    private readonly List<PublishedPort> _published = [];
    private readonly List<PortProxy> _proxies = [];

    /// <summary>
    /// Decides the ports; <paramref name="randomizePorts"/> (tests) does without the fixed public ones, so that many runs fit on one machine, and
    /// <paramref name="keptPort"/> is the public port that an endpoint of a persistent container has in every run.
    /// </summary>
    public ResourceEndpoints(IResource resource, bool randomizePorts, Func<EndpointAnnotation, int> keptPort)
    {
        _resource = resource;
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToArray())
        {
            if (resource is ContainerResource)
            {
                AllocateContainer(endpoint, randomizePorts, keptPort);
            }
            else if (endpoint.IsProxied)
            {
                AllocateProxied(endpoint, randomizePorts);
            }
            else
            {
                AllocateWithoutProxy(endpoint);
            }
        }
    }

    /// <summary>The ports of a container that its engine is to open on this machine.</summary>
    public IReadOnlyList<PublishedPort> Published => _published;

    /// <summary>Says where the engine has opened a port of the container.</summary>
    public void Reach(int targetPort, int hostPort)
    {
        foreach (var port in _containerPorts.Where(port => port.TargetPort == targetPort))
        {
            port.Backend = new IPEndPoint(IPAddress.Loopback, hostPort);
        }
    }

    /// <summary>The container has ended: its ports on this machine may soon be another program's, so that nobody is led there.</summary>
    public void Unreach() => _containerPorts.ForEach(port => port.Backend = Nowhere);

    /// <summary>Opens the public ports that are not open yet; fails with a sentence that names the one that is taken.</summary>
    public void Open()
    {
        foreach (var port in _ports.Where(port => !port.IsOpen).ToArray())
        {
            Open(port);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void AllocateProxied(EndpointAnnotation endpoint, bool randomizePorts)
    {
        var fixedPort = randomizePorts ? null : endpoint.Port;
        if (fixedPort is not null && fixedPort == endpoint.TargetPort)
        {
            throw new DistributedApplicationException(
                $"Endpoint '{endpoint.Name}' of resource '{_resource.Name}' has {fixedPort} as its port and as its target port: the proxy and the process cannot both listen there. Leave one of them out, or say isProxied: false.");
        }

        var target = endpoint.TargetPort ?? FreePort.Next();
        Hold(new PublicPort(endpoint, target) { Backend = new IPEndPoint(IPAddress.Loopback, target) }, fixedPort);
    }

    private void AllocateContainer(EndpointAnnotation endpoint, bool randomizePorts, Func<EndpointAnnotation, int> keptPort)
    {
        var target = endpoint.TargetPort
            ?? throw new DistributedApplicationException($"Endpoint '{endpoint.Name}' of container '{_resource.Name}' must say its target port, the one that the container listens on.");
        endpoint.ForContainers = _ => Task.FromResult(($"{_resource.Name}.dev.internal", target));
        var outlivesItsProxy = _resource.IsPersistent() && endpoint.IsProxiedUnasked && !randomizePorts;
        if (endpoint.IsProxied && !outlivesItsProxy)
        {
            _published.Add(new PublishedPort(IPAddress.Loopback, null, target, endpoint.Protocol));
            var port = new PublicPort(endpoint, target) { Backend = Nowhere };
            _containerPorts.Add(port);
            Hold(port, randomizePorts ? null : endpoint.Port);
            return;
        }

        var host = endpoint.Port ?? keptPort(endpoint);
        _published.Add(new PublishedPort(Addresses(endpoint)[0], host, target, endpoint.Protocol));
        Allocate(endpoint, host, target);
    }

    /// <summary>Opens a public port with a proxy: this one, or any that is free.</summary>
    private void Hold(PublicPort port, int? fixedPort)
    {
        if (fixedPort is null)
        {
            Open(port);
            return;
        }

        // A taken port is this resource's failure and is told when it starts; others may know the address all the same.
        Allocate(port.Endpoint, fixedPort.Value, port.TargetPort);
        try
        {
            Open(port);
        }
        catch (DistributedApplicationException)
        {
            _ports.Add(port);
        }
    }

    private void AllocateWithoutProxy(EndpointAnnotation endpoint)
    {
        var (port, target) = (endpoint.Port, endpoint.TargetPort);
        if (port != target)
        {
            throw new DistributedApplicationException(
                $"Endpoint '{endpoint.Name}' of resource '{_resource.Name}' has no proxy, so that its port {port} and its target port {target} must be the same. Leave one of them out.");
        }

        var only = port ?? FreePort.Next();
        Allocate(endpoint, only, only);
        if (port is not null)
        {
            // The process is to listen there itself: looked at before each start, never held.
            _ports.Add(new PublicPort(endpoint, only));
        }
    }

    private void Open(PublicPort port)
    {
        var endpoint = port.Endpoint;
        var number = endpoint.AllocatedEndpoint?.Port ?? 0;
        try
        {
            if (port.Backend is null)
            {
                using var probe = new TcpListener(Addresses(endpoint)[0], number);
                probe.Start();
                return;
            }

            var proxy = PortProxy.Listen(Addresses(endpoint), number, () => port.Backend!);
            _proxies.Add(proxy);
            port.IsOpen = true;
            Allocate(endpoint, proxy.Port, port.TargetPort);
        }
        catch (SocketException exception)
        {
            var reason = exception.SocketErrorCode == SocketError.AddressAlreadyInUse ? "is already in use" : $"cannot be opened: {exception.Message}";
            throw new DistributedApplicationException($"Port {number} of endpoint '{endpoint.Name}' of resource '{_resource.Name}' {reason}.", exception);
        }
    }

    private static void Allocate(EndpointAnnotation endpoint, int port, int targetPort)
    {
        var host = IPAddress.TryParse(endpoint.TargetHost, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? "localhost" : endpoint.TargetHost;
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, host, port, targetPort.ToString(CultureInfo.InvariantCulture));
    }

    private static IReadOnlyList<IPAddress> Addresses(EndpointAnnotation endpoint) =>
        IPAddress.TryParse(endpoint.TargetHost, out var address) ? [address] : PortProxy.Localhost;

    /// <summary>A public port and where its proxy leads; without one, the process itself listens on it.</summary>
    private sealed class PublicPort(EndpointAnnotation endpoint, int targetPort)
    {
        private volatile IPEndPoint? _backend;

        public EndpointAnnotation Endpoint => endpoint;

        public int TargetPort => targetPort;

        public IPEndPoint? Backend
        {
            get => _backend;
            set => _backend = value;
        }

        public bool IsOpen { get; set; }
    }
}

/// <summary>A container's port that its engine opens on this machine; without a number it chooses one.</summary>
internal sealed record PublishedPort(IPAddress Address, int? HostPort, int TargetPort, ProtocolType Protocol);
