using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Publishing;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting;

/// <summary>What a resource is in a compose file.</summary>
public static class DockerComposeServiceExtensions
{
    /// <summary>Changes the service that the resource becomes.</summary>
    public static IResourceBuilder<T> PublishAsDockerComposeService<T>(this IResourceBuilder<T> builder, Action<DockerComposeServiceResource, Service> configure)
        where T : IComputeResource
    {
        if (builder.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        ComposeSteps.AddValidation(builder.ApplicationBuilder);
        return builder.WithAnnotation(new DockerComposeServiceCustomizationAnnotation(configure));
    }
}

/// <summary>Changes the service that a resource becomes.</summary>
internal sealed class DockerComposeServiceCustomizationAnnotation(Action<DockerComposeServiceResource, Service> configure) : IResourceAnnotation
{
    public Action<DockerComposeServiceResource, Service> Configure => configure;
}
