using Waiide.Gateway.Ide;

namespace Waiide.AppHost;

/// <summary>How code-server is told what to listen on, what to open and where to keep things.</summary>
internal static class IdeResource
{
    public static IResourceBuilder<ExecutableResource> WithIdeArguments(this IResourceBuilder<ExecutableResource> ide, Settings settings) =>
        ide.WithArgs(
                "--bind-addr", ReferenceExpression.Create($"127.0.0.1:{ide.GetEndpoint("http").Property(EndpointProperty.TargetPort)}"),
                "--auth", "password",
                // An attached IDE's gateway does not know its folders, and clones nothing into them.
                "--disable-workspace-trust")
            .WithArgs(IdeArguments.For(settings.DataDirectory, settings.Workspace));
}
