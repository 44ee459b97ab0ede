using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waiide.Gateway.Ide;

namespace Waiide.AppHost;

/// <summary>The IDE: code-server, which knows only the hash of a password that nobody has; who sends it as a cookie is the gateway.</summary>
internal static class IdeResource
{
    private const string KeyVariable = "HASHED_PASSWORD";

    public static IResourceBuilder<IResourceWithEndpoints> AddIde(this IDistributedApplicationBuilder builder, Settings settings, IResourceBuilder<ParameterResource> key) => settings switch
    {
        { IsPublished: true } => builder.AddIdeImage(settings, key),
        { IdeImage: not null } => builder.AddIdeContainer(settings, key),
        _ => builder.AddIdeProcess(settings, key),
    };

    /// <summary>Installed once in this machine's cache, then a process of this machine.</summary>
    private static IResourceBuilder<IResourceWithEndpoints> AddIdeProcess(this IDistributedApplicationBuilder builder, Settings settings, IResourceBuilder<ParameterResource> key)
    {
        var install = builder.AddExecutable("ide-install", "node", settings.IdeFolder, "provision.mjs")
            .WithProgress("ide: ")
            .ExcludeFromManifest();

        var ide = builder.AddExecutable("ide", "./code-server", settings.IdeFolder)
            .WithHttpEndpoint(port: settings.IdePort, name: "http")
            .WithEnvironment(KeyVariable, key)
            .WithUrlForEndpoint("http", url => url.DisplayText = "IDE (only through the gateway)")
            .WaitForCompletion(install)
            .ExcludeFromManifest();
        ide.WithIdeArguments(ReferenceExpression.Create($"127.0.0.1:{ide.GetEndpoint("http").Property(EndpointProperty.TargetPort)}"), settings.DataDirectory, settings.Workspace);

        return ide.WithVersionCheck(key);
    }

    /// <summary>A container of deploy/Containerfile's image on this machine: in the same folders, at the same paths and as the same user as the process would be.</summary>
    private static IResourceBuilder<IResourceWithEndpoints> AddIdeContainer(this IDistributedApplicationBuilder builder, Settings settings, IResourceBuilder<ParameterResource> key)
    {
        // Of the data directory only what is the IDE's: the gateway's keys are in it as well.
        var home = Path.Combine(settings.DataDirectory, "ide-home");
        var ide = builder.AddContainer("ide", settings.IdeImage!)
            .WithHttpEndpoint(port: settings.IdePort, targetPort: Published.IdePort, name: "http")
            .WithEnvironment(KeyVariable, key)
            .WithEnvironment("HOME", home)
            .WithIdeArguments($"0.0.0.0:{Published.IdePort}", settings.DataDirectory, settings.Workspace)
            .WithUrlForEndpoint("http", url => url.DisplayText = "IDE (only through the gateway)");
        foreach (var folder in (string[])[settings.Workspace, home, Path.Combine(settings.DataDirectory, "user-data"), Path.Combine(settings.DataDirectory, "extensions")])
        {
            // Made by us, for an engine would make it root's.
            Directory.CreateDirectory(folder);
            ide.WithBindMount(folder, folder);
        }

        return ide.WithContainerRuntimeArgs(ContainerUser.RuntimeArguments(settings.Engine.Value)).WithVersionCheck(key);
    }

    /// <summary>An image of the same, on a network with the gateway and nobody else: whoever publishes it gives nobody else a way there.</summary>
    private static IResourceBuilder<IResourceWithEndpoints> AddIdeImage(this IDistributedApplicationBuilder builder, Settings settings, IResourceBuilder<ParameterResource> key) =>
        // azd knows no stages and builds the last one, which therefore is this one.
        builder.AddDockerfile("ide", "..", "deploy/Containerfile", "ide")
            .WithHttpEndpoint(targetPort: Published.IdePort, name: "http")
            .WithEnvironment(KeyVariable, key)
            .WithIdeArguments($"0.0.0.0:{Published.IdePort}", Published.IdeData, Published.Workspace)
            .WithVolume("ide-home", Published.IdeHome)
            .WithComposeService(service =>
            {
                service.WithRequired(KeyVariable).WithHealthCheck("/opt/waiide/health.mjs");
                if (settings.Mode == Mode.JupyterHub)
                {
                    // Else who has a terminal there would come to the hub's API, and around what stands before its front.
                    service.Networks = [Published.IdeNetwork];
                }
            });

    // code-server's own /healthz answers before VS Code is loaded, and without a password: it would prove nothing.
    private static IResourceBuilder<T> WithVersionCheck<T>(this IResourceBuilder<T> ide, IResourceBuilder<ParameterResource> key)
        where T : IResourceWithEndpoints
    {
        ide.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "ide-version", _ => new IdeHealthCheck(ide.GetEndpoint("http"), key.Resource), HealthStatus.Unhealthy, tags: null));
        return ide.WithHealthCheck("ide-version");
    }

    private static IResourceBuilder<T> WithIdeArguments<T>(this IResourceBuilder<T> ide, object address, string dataDirectory, string workspace)
        where T : IResourceWithArgs => ide
            .WithArgs(
                "--bind-addr", address,
                "--auth", "password",
                // An attached IDE's gateway does not know its folders, and clones nothing into them.
                "--disable-workspace-trust")
            .WithArgs(IdeArguments.For(dataDirectory, workspace));
}
