using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waiide.Gateway.Ide;

namespace Waiide.AppHost;

/// <summary>The IDE: code-server, which knows only the hash of a password that nobody has; who sends it as a cookie is the gateway.</summary>
internal static class IdeResource
{
    private const string KeyVariable = "HASHED_PASSWORD";

    /// <summary>Installed once in this machine's cache, then a process of this machine.</summary>
    public static IResourceBuilder<IResourceWithEndpoints> AddIdeProcess(this IDistributedApplicationBuilder builder, Settings settings, IResourceBuilder<ParameterResource> key)
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

        // code-server's own /healthz answers before VS Code is loaded, and without a password: it would prove nothing.
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "ide-version", _ => new IdeHealthCheck(ide.GetEndpoint("http"), key.Resource), HealthStatus.Unhealthy, tags: null));
        return ide.WithHealthCheck("ide-version");
    }

    /// <summary>An image of the same, on a network of its own with the gateway: whoever publishes it gives nobody else a way there.</summary>
    public static IResourceBuilder<IResourceWithEndpoints> AddIdeImage(this IDistributedApplicationBuilder builder, IResourceBuilder<ParameterResource> key) =>
        // azd knows no stages and builds the last one, which therefore is this one.
        builder.AddDockerfile("ide", "..", "deploy/Containerfile", "ide")
            .WithHttpEndpoint(targetPort: Published.IdePort, name: "http")
            .WithEnvironment(KeyVariable, key)
            .WithIdeArguments($"0.0.0.0:{Published.IdePort}", Published.IdeData, Published.Workspace)
            .WithVolume("ide-home", Published.IdeHome)
            .WithComposeService(service => service
                .WithRequired(KeyVariable)
                .WithHealthCheck("/opt/waiide/health.mjs"));

    private static IResourceBuilder<T> WithIdeArguments<T>(this IResourceBuilder<T> ide, object address, string dataDirectory, string workspace)
        where T : IResourceWithArgs => ide
            .WithArgs(
                "--bind-addr", address,
                "--auth", "password",
                // An attached IDE's gateway does not know its folders, and clones nothing into them.
                "--disable-workspace-trust")
            .WithArgs(IdeArguments.For(dataDirectory, workspace));
}
