using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>The endpoints of a service, good until <see cref="ChangeToken"/> says otherwise.</summary>
public sealed class ServiceEndpointSource
{
    private uint _turn;

    internal ServiceEndpointSource(IReadOnlyList<ServiceEndpoint> endpoints, IChangeToken changeToken)
    {
        Endpoints = endpoints;
        ChangeToken = changeToken;
    }

    /// <summary>Every endpoint that answers the query; never empty.</summary>
    public IReadOnlyList<ServiceEndpoint> Endpoints { get; }

    /// <summary>Fires when the configuration changes.</summary>
    public IChangeToken ChangeToken { get; }

    // Round robin; like the package, the first turn goes to the second endpoint.
    internal ServiceEndpoint Next() => Endpoints[(int)(Interlocked.Increment(ref _turn) % (uint)Endpoints.Count)];
}
