using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Docker;

/// <summary>The Aspire dashboard as a service of a compose file.</summary>
public class DockerComposeAspireDashboardResource : ContainerResource
{
    internal const string OtlpGrpc = "otlp-grpc";

    internal DockerComposeAspireDashboardResource(string name)
        : base(name)
    {
    }

    internal static IResourceBuilder<DockerComposeAspireDashboardResource> Create(IDistributedApplicationBuilder builder, string name) => builder
        .CreateResourceBuilder(new DockerComposeAspireDashboardResource(name))
        .WithImage("mcr.microsoft.com/dotnet/nightly/aspire-dashboard")
        // Open to the world outside, because it asks for a token.
        .WithHttpEndpoint(targetPort: 18888)
        .WithExternalHttpEndpoints()
        .WithHttpEndpoint(targetPort: 18889, name: OtlpGrpc)
        .WithHttpEndpoint(targetPort: 18890, name: "otlp-http")
        .WithAnnotation(new DockerComposeServiceCustomizationAnnotation((_, service) => service.Restart = "always"));
}
