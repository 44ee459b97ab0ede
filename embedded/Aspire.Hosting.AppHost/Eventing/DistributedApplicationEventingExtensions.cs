using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Subscribes to the events of one resource in the flow of its builder.</summary>
public static class DistributedApplicationEventingExtensions
{
    /// <summary>Calls <paramref name="callback"/> each time the resource becomes ready: running, and healthy if it has health checks.</summary>
    /// <returns>The same builder.</returns>
    public static IResourceBuilder<T> OnResourceReady<T>(this IResourceBuilder<T> builder, Func<T, ResourceReadyEvent, CancellationToken, Task> callback)
        where T : IResource
    {
        builder.ApplicationBuilder.Eventing.Subscribe<ResourceReadyEvent>(
            builder.Resource, (ready, cancellationToken) => callback(builder.Resource, ready, cancellationToken));
        return builder;
    }
}
