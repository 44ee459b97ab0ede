using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a URL is shown.</summary>
public enum UrlDisplayLocation
{
    /// <summary>In the list of resources and in the details.</summary>
    SummaryAndDetails,

    /// <summary>Only in the details.</summary>
    DetailsOnly,
}

/// <summary>A link to a resource, for people.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The URL; a path alone is meant relative to the endpoint.</summary>
    public required string Url { get; set; }

    /// <summary>What to show in its place.</summary>
    public string? DisplayText { get; set; }

    /// <summary>The endpoint that it belongs to, if any.</summary>
    public EndpointReference? Endpoint { get; init; }

    /// <summary>Where it is shown.</summary>
    public UrlDisplayLocation DisplayLocation { get; set; }
}

/// <summary>What a callback for URLs is given.</summary>
public class ResourceUrlsCallbackContext
{
    /// <summary>Creates the context for one resource.</summary>
    public ResourceUrlsCallbackContext(
        DistributedApplicationExecutionContext executionContext,
        IResource resource,
        List<ResourceUrlAnnotation>? urls = null,
        CancellationToken cancellationToken = default)
    {
        ExecutionContext = executionContext;
        Resource = resource;
        Urls = urls ?? [];
        CancellationToken = cancellationToken;
    }

    /// <summary>Whether the application runs or is published.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The resource that the URLs lead to.</summary>
    public IResource Resource { get; }

    /// <summary>The URLs so far; each may be changed or removed, others added.</summary>
    public List<ResourceUrlAnnotation> Urls { get; }

    /// <summary>The resource's log.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Ends when the start is given up.</summary>
    public CancellationToken CancellationToken { get; }
}

/// <summary>Changes the URLs of a resource once its ports are known.</summary>
public class ResourceUrlsCallbackAnnotation : IResourceAnnotation
{
    /// <summary>Changes them in a callback.</summary>
    public ResourceUrlsCallbackAnnotation(Func<ResourceUrlsCallbackContext, Task> callback) => Callback = callback;

    /// <summary>The callback.</summary>
    public Func<ResourceUrlsCallbackContext, Task> Callback { get; }
}
