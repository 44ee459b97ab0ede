using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds service discovery to an application.</summary>
public static class ServiceDiscoveryServiceCollectionExtensions
{
    /// <summary>Adds the resolver, endpoints from configuration, and names as hosts where the configuration has none.</summary>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services)
    {
        AddCore(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceEndpointProvider, ConfigurationServiceEndpointProvider>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceEndpointProvider, PassThroughServiceEndpointProvider>());
        return services;
    }

    internal static void AddCore(IServiceCollection services) =>
        services.TryAddSingleton(provider => new ServiceEndpointResolver(provider.GetServices<IServiceEndpointProvider>()));
}
