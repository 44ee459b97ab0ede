using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Finds endpoints under Services:{name}:{endpoint or scheme}:{n}; from the environment, services__hub__http__0.</summary>
internal sealed class ConfigurationServiceEndpointProvider(IConfiguration configuration) : IServiceEndpointProvider
{
    private readonly ConcurrentDictionary<ServiceEndpointQuery, ServiceEndpointSource> _found = new();

    public ServiceEndpointSource? Find(Uri uri)
    {
        var query = ServiceEndpointQuery.Of(uri);
        if (_found.TryGetValue(query, out var known) && !known.ChangeToken.HasChanged)
        {
            return known;
        }

        // Before the values are read: a reload in between must not go unnoticed.
        var changed = configuration.GetReloadToken();
        var endpoints = Best(Configured(query), query.IncludedSchemes);

        // Only what is configured is kept: the names that a program may ask for have no bound.
        return endpoints.Count == 0 ? null : _found[query] = new ServiceEndpointSource(endpoints, changed);
    }

    private List<ServiceEndpoint> Configured(ServiceEndpointQuery query)
    {
        var service = configuration.GetSection("Services").GetSection(query.ServiceName);

        // Without an endpoint's name, the first of these sections that exists is the one; others are not looked at.
        string[] candidates = query.EndpointName is { } name ? [name] : ["default", .. query.IncludedSchemes];
        var section = candidates.Select(service.GetSection).FirstOrDefault(candidate => candidate.Exists());
        if (section is null)
        {
            return [];
        }

        return string.IsNullOrWhiteSpace(section.Value) ? [.. section.GetChildren().Select(Numbered)] : [Endpoint(section)];
    }

    private static ServiceEndpoint Numbered(IConfigurationSection entry) =>
        int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? Endpoint(entry)
            : throw new KeyNotFoundException($"The setting {entry.Path} has a non-numeric key: a service's endpoints are numbered from 0.");

    private static ServiceEndpoint Endpoint(IConfigurationSection entry) =>
        ServiceEndpoint.Parse(entry.Value)
            ?? throw new KeyNotFoundException($"The setting {entry.Path} has an invalid value: it must be a URI or host:port.");

    // "https+http" means https where there is any, else http. Endpoints without a scheme suit every query.
    private static List<ServiceEndpoint> Best(List<ServiceEndpoint> endpoints, string[] schemes)
    {
        if (schemes.Length == 0)
        {
            return endpoints;
        }

        var ranks = endpoints.ConvertAll(endpoint => endpoint.EndPoint is UriEndPoint { Uri.Scheme: var scheme } ? Array.IndexOf(schemes, scheme) : (int?)null);
        var best = ranks.Where(rank => rank >= 0).Min();
        return [.. endpoints.Where((_, n) => ranks[n] is null || ranks[n] == best)];
    }
}
