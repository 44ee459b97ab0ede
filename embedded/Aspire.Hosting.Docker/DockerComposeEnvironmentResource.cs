using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources;

namespace Aspire.Hosting.Docker;

/// <summary>A Docker Compose environment: what the application is published to.</summary>
public class DockerComposeEnvironmentResource : Resource
{
    internal DockerComposeEnvironmentResource(string name, IResourceBuilder<DockerComposeAspireDashboardResource> dashboard)
        : base(name) => Dashboard = dashboard;

    /// <summary>Whether the application gets a dashboard.</summary>
    internal bool DashboardEnabled { get; set; } = true;

    internal IResourceBuilder<DockerComposeAspireDashboardResource> Dashboard { get; }

    internal Action<ComposeFile>? ConfigureComposeFile { get; set; }

    /// <summary>What the .env file has, with the description of each variable.</summary>
    internal SortedDictionary<string, string?> Variables { get; } = new(StringComparer.Ordinal);

    internal Dictionary<IResource, DockerComposeServiceResource> Services { get; } = [];

    /// <summary>Adds a variable to the .env file; what stands for its value in the compose file is the answer.</summary>
    internal string Placeholder(string name, string? description = null)
    {
        Variables.TryAdd(name, description);
        return $"${{{name}}}";
    }
}
