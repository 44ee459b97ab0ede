using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>The links to a resource: one for each endpoint, those that were added, and what callbacks make of them.</summary>
internal static class ResourceUrls
{
    public static async Task<ImmutableArray<UrlSnapshot>> CollectAsync(
        IResource resource,
        DistributedApplicationExecutionContext executionContext,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var endpoints = resource is IResourceWithEndpoints owner ? owner.GetEndpoints() : [];
        var context = new ResourceUrlsCallbackContext(
            executionContext,
            resource,
            [
                .. endpoints.Select(endpoint => new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint }),
                .. resource.Annotations.OfType<ResourceUrlAnnotation>(),
            ],
            cancellationToken)
        {
            Logger = log,
        };

        foreach (var change in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>().ToArray())
        {
            await change.Callback(context).ConfigureAwait(false);
        }

        return
        [
            .. context.Urls.Select(url => new UrlSnapshot(url.Endpoint?.EndpointName, Absolute(url), url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
            {
                // Nobody answers at an endpoint before its process runs.
                IsInactive = url.Endpoint is not null,
                DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? ""),
            }),
        ];
    }

    private static string Absolute(ResourceUrlAnnotation url) =>
        url.Endpoint is { } endpoint && url.Url.StartsWith('/') ? new Uri(new Uri(endpoint.Url), url.Url).ToString() : url.Url;
}
