using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

// When resources start, what can be done with them and how they are shown.
public static partial class ResourceBuilderExtensions
{
    /// <summary>Starts the resource when another one runs and is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WithWait(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilHealthy));

    /// <inheritdoc cref="WaitFor{T}(IResourceBuilder{T}, IResourceBuilder{IResource})" />
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => builder.WithWait(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilHealthy) { WaitBehavior = waitBehavior });

    /// <summary>Starts the resource when another one runs.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WithWait(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilStarted));

    /// <inheritdoc cref="WaitForStart{T}(IResourceBuilder{T}, IResourceBuilder{IResource})" />
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => builder.WithWait(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilStarted) { WaitBehavior = waitBehavior });

    /// <summary>Starts the resource when another one has ended with the expected exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => builder.WithWait(new WaitAnnotation(dependency.Resource, WaitType.WaitForCompletion, exitCode));

    /// <summary>The resource starts only when somebody starts it.</summary>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(new ExplicitStartupAnnotation());

    /// <summary>Adds a command.</summary>
    public static IResourceBuilder<T> WithCommand<T>(
        this IResourceBuilder<T> builder,
        string name,
        string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        CommandOptions? commandOptions = null)
        where T : IResource
    {
        var options = commandOptions ?? new CommandOptions();
        foreach (var replaced in builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().Where(command => command.Name == name).ToArray())
        {
            builder.Resource.Annotations.Remove(replaced);
        }

        return builder.WithAnnotation(new ResourceCommandAnnotation(
            name,
            displayName,
            options.UpdateState ?? (static _ => ResourceCommandState.Enabled),
            executeCommand,
            options.Description,
            parameter: null,
            options.ConfirmationMessage,
            options.IconName,
            options.IconVariant,
            options.IsHighlighted));
    }

    /// <summary>Adds a command that sends a request to the resource; any answer that is not a success makes it fail.</summary>
    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string path,
        string displayName,
        string? endpointName = null,
        string? commandName = null,
        HttpCommandOptions? commandOptions = null)
        where TResource : IResourceWithEndpoints
    {
        var options = commandOptions ?? new HttpCommandOptions();
        options.UpdateState ??= static context => context.ResourceSnapshot.State.Is(KnownResourceStates.Running) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
        var method = options.Method ?? HttpMethod.Post;
        var endpoint = endpointName is null ? builder.Resource.DefaultEndpoint() : builder.GetEndpoint(endpointName);
#pragma warning disable CA1308 // The name is in small letters.
        commandName ??= $"{builder.Resource.Name}-{endpoint.EndpointName}-http-{method.Method.ToLowerInvariant()}-{path}";
#pragma warning restore CA1308

        return builder.WithCommand(
            commandName,
            displayName,
            async context =>
            {
                using var client = context.ServiceProvider.GetRequiredService<IHttpClientFactory>().CreateClient();
                using var request = new HttpRequestMessage(method, new Uri(new Uri(endpoint.Url), path));
                if (options.PrepareRequest is { } prepare)
                {
                    await prepare(new HttpCommandRequestContext
                    {
                        ServiceProvider = context.ServiceProvider,
                        ResourceName = context.ResourceName,
                        Endpoint = endpoint,
                        HttpClient = client,
                        Request = request,
                        CancellationToken = context.CancellationToken,
                    }).ConfigureAwait(false);
                }

                using var answer = await client.SendAsync(request, context.CancellationToken).ConfigureAwait(false);
                return answer.IsSuccessStatusCode
                    ? CommandResults.Success()
                    : CommandResults.Failure($"{method} {path} of endpoint '{endpoint.EndpointName}' answered {(int)answer.StatusCode}.");
            },
            options);
    }

    /// <summary>Leaves the resource out when the application is published.</summary>
    public static IResourceBuilder<T> ExcludeFromManifest<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(ManifestPublishingCallbackAnnotation.Ignore, ResourceAnnotationMutationBehavior.Replace);

    private static IResourceBuilder<T> WithWait<T>(this IResourceBuilder<T> builder, WaitAnnotation wait)
        where T : IResourceWithWaitSupport => ReferenceEquals(builder.Resource, wait.Resource)
            ? throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' cannot wait for itself.")
            : builder.WithAnnotation(new ResourceRelationshipAnnotation(wait.Resource, "WaitFor")).WithAnnotation(wait);
}

/// <summary>Describing resources of one's own kind.</summary>
public static class CustomResourceExtensions
{
    /// <summary>Says what is shown about the resource before anything is published.</summary>
    public static IResourceBuilder<TResource> WithInitialState<TResource>(this IResourceBuilder<TResource> builder, CustomResourceSnapshot initialSnapshot)
        where TResource : IResource => builder.WithAnnotation(new ResourceSnapshotAnnotation(initialSnapshot), ResourceAnnotationMutationBehavior.Replace);
}
