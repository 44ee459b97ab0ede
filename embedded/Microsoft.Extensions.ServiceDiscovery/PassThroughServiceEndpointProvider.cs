using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Takes a name that nothing else knows as a host: what makes http://hub work under compose and Kubernetes.</summary>
internal sealed class PassThroughServiceEndpointProvider(IConfiguration configuration) : IServiceEndpointProvider
{
    public ServiceEndpointSource Find(Uri uri) => new([ServiceEndpoint.At(ServiceEndpointQuery.Of(uri).ServiceName, uri.Port)], configuration.GetReloadToken());
}
