using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint of another resource, by name; as a value it is the endpoint's public URL.</summary>
public sealed class EndpointReference : IManifestExpressionProvider, IValueProvider
{
    private EndpointAnnotation? _endpoint;

    /// <summary>Refers to an endpoint that is there.</summary>
    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint)
    {
        Resource = owner;
        EndpointName = endpoint.Name;
        _endpoint = endpoint;
    }

    /// <summary>Refers to an endpoint that may be added later.</summary>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        Resource = owner;
        EndpointName = endpointName;
    }

    /// <summary>The resource that has the endpoint.</summary>
    public IResourceWithEndpoints Resource { get; }

    /// <summary>The endpoint's name.</summary>
    public string EndpointName { get; }

    /// <summary>The endpoint's description; fails when the resource has none of this name.</summary>
    public EndpointAnnotation EndpointAnnotation => Find() ?? throw new InvalidOperationException(MissingEndpoint());

    /// <summary>Whether the resource has an endpoint of this name.</summary>
    public bool Exists => Find() is not null;

    /// <summary>Whether ports are known yet.</summary>
    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    /// <summary>Whether the scheme is http.</summary>
    public bool IsHttp => string.Equals(Scheme, "http", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the scheme is https.</summary>
    public bool IsHttps => string.Equals(Scheme, "https", StringComparison.OrdinalIgnoreCase);

    /// <summary>The scheme of the URL.</summary>
    public string Scheme => EndpointAnnotation.UriScheme;

    /// <summary>The host; fails until the application has started.</summary>
    public string Host => Allocated.Address;

    /// <summary>The public port; fails until the application has started.</summary>
    public int Port => Allocated.Port;

    /// <summary>The private port where it is fixed; else null.</summary>
    public int? TargetPort => EndpointAnnotation.TargetPort;

    /// <summary>The public URL; fails until the application has started.</summary>
    public string Url => Allocated.UriString;

    string IManifestExpressionProvider.ValueExpression => Property(EndpointProperty.Url).ValueExpression;

    private AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedEndpoint
        ?? throw new InvalidOperationException($"Endpoint '{EndpointName}' of resource '{Resource.Name}' has no port before the application starts.");

    /// <summary>One part of the endpoint as a value.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    ValueTask<string?> IValueProvider.GetValueAsync(IResource caller, CancellationToken cancellationToken) =>
        Property(EndpointProperty.Url).ValueAsync(caller, cancellationToken);

    private EndpointAnnotation? Find() => _endpoint ??= Resource.Annotations.OfType<EndpointAnnotation>()
        .FirstOrDefault(endpoint => string.Equals(endpoint.Name, EndpointName, StringComparison.OrdinalIgnoreCase));

    private string MissingEndpoint()
    {
        var names = Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => $"'{endpoint.Name}'").ToArray();
        return $"Resource '{Resource.Name}' has no endpoint '{EndpointName}'; it has {(names.Length > 0 ? string.Join(", ", names) : "none")}.";
    }
}

/// <summary>The parts of an endpoint that can be a value.</summary>
public enum EndpointProperty
{
    /// <summary>The public URL.</summary>
    Url,

    /// <summary>The host name.</summary>
    Host,

    /// <summary>The host as an IPv4 address.</summary>
    IPV4Host,

    /// <summary>The public port.</summary>
    Port,

    /// <summary>The scheme.</summary>
    Scheme,

    /// <summary>The port that the process listens on.</summary>
    TargetPort,

    /// <summary>The host and the public port, with a colon between them.</summary>
    HostAndPort,
}

/// <summary>One part of an endpoint as a value.</summary>
public class EndpointReferenceExpression : IManifestExpressionProvider, IValueProvider
{
    /// <summary>Refers to a part of an endpoint.</summary>
    public EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    {
        Endpoint = endpointReference;
        Property = property;
    }

    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; }

    /// <summary>The part.</summary>
    public EndpointProperty Property { get; }

    /// <inheritdoc />
    public string ValueExpression => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{PropertyExpression}}}";

    private string PropertyExpression => Property switch
    {
        EndpointProperty.Url => "url",
        EndpointProperty.Host or EndpointProperty.IPV4Host => "host",
        EndpointProperty.Port => "port",
        EndpointProperty.Scheme => "scheme",
        EndpointProperty.TargetPort => "targetPort",
        EndpointProperty.HostAndPort => "hostAndPort",
        _ => throw new InvalidOperationException($"An endpoint has no part '{Property}'."),
    };

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueAsync(null, cancellationToken);

    ValueTask<string?> IValueProvider.GetValueAsync(IResource caller, CancellationToken cancellationToken) => ValueAsync(caller, cancellationToken);

    internal async ValueTask<string?> ValueAsync(IResource? caller, CancellationToken cancellationToken)
    {
        if (Property == EndpointProperty.Scheme)
        {
            return Endpoint.Scheme;
        }

        var allocated = await Endpoint.EndpointAnnotation.Allocation.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Property == EndpointProperty.TargetPort)
        {
            return allocated.TargetPortExpression;
        }

        var (host, port) = caller is ContainerResource && Endpoint.EndpointAnnotation.ForContainers is { } forContainers
            ? await forContainers(cancellationToken).ConfigureAwait(false)
            : (allocated.Address, allocated.Port);
        return Property switch
        {
            EndpointProperty.Url => $"{Endpoint.Scheme}://{host}:{port}",
            EndpointProperty.Host => host,
            EndpointProperty.IPV4Host => host == "localhost" ? "127.0.0.1" : host,
            EndpointProperty.Port => port.ToString(CultureInfo.InvariantCulture),
            EndpointProperty.HostAndPort => $"{host}:{port}",
            _ => throw new InvalidOperationException($"An endpoint has no part '{Property}'."),
        };
    }
}
