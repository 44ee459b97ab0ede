using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// An endpoint of a resource: the public port that others use and the private one that the process listens on, with a proxy between them unless it was refused.
/// </summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int? _port;
    private int? _targetPort;

    /// <summary>Describes an endpoint; what is left out is chosen: the name from the scheme, the scheme from the protocol, the ports when the application starts.</summary>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : protocol.ToString().ToLowerInvariant());
        Name = name ?? UriScheme;
        ModelName.Validate(Name);
        _port = port;
        _targetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied ?? true;
        IsProxiedUnasked = isProxied is null;
    }

    /// <summary>The name, unique within the resource.</summary>
    public string Name { get; set; }

    /// <summary>The network protocol.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>The scheme of the URL.</summary>
    public string UriScheme { get; set; }

    /// <summary>The protocol above the network: http, http2 or tcp.</summary>
    public string Transport { get; set; }

    /// <summary>The public port; null: any that is free.</summary>
    public int? Port
    {
        // Without a proxy there is only one port, so that either name of it will do.
        get => _port ?? (IsProxied ? null : _targetPort);
        set => _port = value;
    }

    /// <summary>The private port; null: any that is free.</summary>
    public int? TargetPort
    {
        get => _targetPort ?? (IsProxied ? null : _port);
        set => _targetPort = value;
    }

    /// <summary>The host that the public port belongs to.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>Whether the endpoint is for the world outside the application.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether a proxy holds the public port.</summary>
    public bool IsProxied { get; set; }

    /// <summary>Where the endpoint is; null until the application starts.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set => _allocated.TrySetResult(value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>Whether nobody said if there is to be a proxy.</summary>
    internal bool IsProxiedUnasked { get; }

    /// <summary>Where the endpoint is for containers; null: where it is for all.</summary>
    internal Func<CancellationToken, Task<(string Host, int Port)>>? ForContainers { get; set; }

    /// <summary>Completes when <see cref="AllocatedEndpoint"/> is known.</summary>
    internal Task<AllocatedEndpoint> Allocation => _allocated.Task;

    /// <summary>The variable that tells the process its private port.</summary>
    internal string? TargetPortEnvironmentVariable { get; set; }
}

/// <summary>Where an endpoint of a running application is.</summary>
public class AllocatedEndpoint
{
    /// <summary>An endpoint's address and public port, with an expression that gives the private one.</summary>
    public AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
    {
        Endpoint = endpoint;
        Address = address;
        Port = port;
        TargetPortExpression = targetPortExpression;
    }

    /// <summary>The endpoint's description.</summary>
    public EndpointAnnotation Endpoint { get; }

    /// <summary>The host name.</summary>
    public string Address { get; }

    /// <summary>The public port.</summary>
    public int Port { get; }

    /// <summary>The private port.</summary>
    public string? TargetPortExpression { get; }

    /// <summary>The scheme of the URL.</summary>
    public string UriScheme => Endpoint.UriScheme;

    /// <summary>The URL, without a slash at the end.</summary>
    public string UriString => $"{UriScheme}://{Address}:{Port}";

    /// <inheritdoc />
    public override string ToString() => UriString;
}
