namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Finds where a service is: the first provider that knows it answers.</summary>
public sealed class ServiceEndpointResolver
{
    private readonly IServiceEndpointProvider[] _providers;

    internal ServiceEndpointResolver(IEnumerable<IServiceEndpointProvider> providers) => _providers = [.. providers];

    /// <summary>The endpoints of <paramref name="serviceName"/>, which is a name or a URI such as "https+http://_endpoint.name".</summary>
    public ValueTask<ServiceEndpointSource> GetEndpointsAsync(string serviceName, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceName);
        cancellationToken.ThrowIfCancellationRequested();
        var uri = ServiceEndpointQuery.ParseUri(serviceName)
            ?? throw new ArgumentException($"'{serviceName}' is neither a service's name nor a URI such as https+http://name.", nameof(serviceName));
        foreach (var provider in _providers)
        {
            if (provider.Find(uri) is { } source)
            {
                return new ValueTask<ServiceEndpointSource>(source);
            }
        }

        throw new InvalidOperationException($"No provider which supports the provided service name, '{serviceName}', has been configured: call services.AddServiceDiscovery().");
    }
}

/// <summary>One way to find endpoints.</summary>
internal interface IServiceEndpointProvider
{
    /// <summary>The endpoints that <paramref name="uri"/> asks for, or null where this provider knows none.</summary>
    ServiceEndpointSource? Find(Uri uri);
}
