using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>Reaching the resources of an application under test.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client for an endpoint of a resource; https before http when none is named.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = app.GetEndpoint(resourceName, endpointName);
        return client;
    }

    /// <summary>The public address of an endpoint of a resource; https before http when none is named.</summary>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var resources = app.Services.GetRequiredService<DistributedApplicationModel>().Resources;
        if (!resources.TryGetByName(resourceName, out var resource))
        {
            throw new ArgumentException($"There is no resource '{resourceName}'; there are {string.Join(", ", resources.Select(known => $"'{known.Name}'"))}.", nameof(resourceName));
        }

        if (resource is not IResourceWithEndpoints owner)
        {
            throw new InvalidOperationException($"Resource '{resourceName}' has no endpoints.");
        }

        return new Uri((endpointName is null ? owner.DefaultEndpoint() : owner.GetEndpoint(endpointName)).Url);
    }
}
