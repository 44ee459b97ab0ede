using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.Docker;

/// <summary>What a resource is in a compose file: its name there, the ports that others use, and what stands for values that are given later.</summary>
public class DockerComposeServiceResource : Resource
{
    internal DockerComposeServiceResource(IResource target, DockerComposeEnvironmentResource environment, PublishedPorts ports)
        : base(target.Name)
    {
        Target = target;
        Environment = environment;
        Endpoints = PublishedEndpoint.Of(target, ports);
    }

    internal IResource Target { get; }

    internal DockerComposeEnvironmentResource Environment { get; }

    internal IReadOnlyList<PublishedEndpoint> Endpoints { get; }

    internal string ServiceName => ServiceNameOf(Target);

    internal static string ServiceNameOf(IResource resource) => resource.Name.ToLowerInvariant();

    /// <summary>The port that the service listens on; a project's first one is told to it when it is deployed.</summary>
    internal string InternalPort(PublishedEndpoint endpoint) => endpoint.TargetPort?.ToString(CultureInfo.InvariantCulture)
        ?? Environment.Placeholder($"{VariablePrefix}_PORT", $"Default container port for {Target.Name}");

    /// <summary>The image that is built from a project or a Dockerfile.</summary>
    internal string BuiltImage() => Environment.Placeholder($"{VariablePrefix}_IMAGE", $"Container image name for {Target.Name}");

    internal string BindMount(int number, string target) => Environment.Placeholder($"{VariablePrefix}_BINDMOUNT_{number}", $"Bind mount source for {Target.Name}:{target}");

    private string VariablePrefix => Target.Name.ToUpperInvariant().Replace('-', '_');
}
