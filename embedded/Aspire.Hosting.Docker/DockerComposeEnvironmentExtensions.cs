using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Publishing;
using Aspire.Hosting.Docker.Resources;

namespace Aspire.Hosting;

/// <summary>Publishing an application as a compose file.</summary>
public static class DockerComposeEnvironmentExtensions
{
    /// <summary>Publishes the application as a compose file; where it runs, there is nothing of it.</summary>
    public static IResourceBuilder<DockerComposeEnvironmentResource> AddDockerComposeEnvironment(this IDistributedApplicationBuilder builder, string name)
    {
        var environment = new DockerComposeEnvironmentResource(name, DockerComposeAspireDashboardResource.Create(builder, $"{name}-dashboard"));
        if (builder.ExecutionContext.IsRunMode)
        {
            return builder.CreateResourceBuilder(environment);
        }

        ComposeSteps.Add(builder, environment);
        return builder.AddResource(environment);
    }

    /// <summary>Changes the compose file when everything is in it.</summary>
    public static IResourceBuilder<DockerComposeEnvironmentResource> ConfigureComposeFile(this IResourceBuilder<DockerComposeEnvironmentResource> builder, Action<ComposeFile> configure)
    {
        builder.Resource.ConfigureComposeFile += configure;
        return builder;
    }

    /// <summary>Says whether the application gets a dashboard.</summary>
    public static IResourceBuilder<DockerComposeEnvironmentResource> WithDashboard(this IResourceBuilder<DockerComposeEnvironmentResource> builder, bool enabled = true)
    {
        builder.Resource.DashboardEnabled = enabled;
        return builder;
    }

    /// <summary>Changes the dashboard that the application gets.</summary>
    public static IResourceBuilder<DockerComposeEnvironmentResource> WithDashboard(
        this IResourceBuilder<DockerComposeEnvironmentResource> builder, Action<IResourceBuilder<DockerComposeAspireDashboardResource>> configure)
    {
        builder.Resource.DashboardEnabled = true;
        configure(builder.Resource.Dashboard);
        return builder;
    }
}

/// <summary>The dashboard of a published application.</summary>
public static class DockerComposeAspireDashboardResourceBuilderExtensions
{
    /// <summary>Opens the dashboard on a port of the host; null: only other services reach it.</summary>
    public static IResourceBuilder<DockerComposeAspireDashboardResource> WithHostPort(this IResourceBuilder<DockerComposeAspireDashboardResource> builder, int? port = null) =>
        builder.WithEndpoint("http", endpoint =>
        {
            endpoint.Port = port;
            endpoint.IsExternal = port is not null;
        });
}
