using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds service discovery to an HTTP client.</summary>
public static class ServiceDiscoveryHttpClientBuilderExtensions
{
    /// <summary>Lets the client's URIs name services; <see cref="ServiceDiscoveryServiceCollectionExtensions.AddServiceDiscovery"/> says where they are.</summary>
    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder httpClientBuilder)
    {
        ServiceDiscoveryServiceCollectionExtensions.AddCore(httpClientBuilder.Services);
        return httpClientBuilder.AddHttpMessageHandler(provider => new ServiceDiscoveryHandler(provider.GetRequiredService<ServiceEndpointResolver>()));
    }
}
