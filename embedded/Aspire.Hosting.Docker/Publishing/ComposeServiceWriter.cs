using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Docker.Publishing;

/// <summary>Makes the service that a resource becomes.</summary>
internal sealed partial class ComposeServiceWriter(DockerComposeServiceResource target, PipelineContext context)
{
    // Left as it is: it is where it is on every host.
    private const string DockerSocket = "/var/run/docker.sock";

    private readonly ComposeValues _values = new(target.Environment);

    private IResource Resource => target.Target;

    public async Task<Service> WriteAsync()
    {
        var service = new Service { Name = target.ServiceName, Image = Image() };
        if (Resource.TryGetLastAnnotation<ContainerNameAnnotation>(out var name))
        {
            service.ContainerName = name.Name;
        }

        await AddCommandAsync(service).ConfigureAwait(false);
        await AddEnvironmentAsync(service).ConfigureAwait(false);
        AddPorts(service);
        AddVolumes(service);
        AddDependencies(service);
        return service;
    }

    private string Image() => Resource switch
    {
        ProjectResource => target.BuiltImage(),
        _ when Resource.HasAnnotationOfType<DockerfileBuildAnnotation>() => target.BuiltImage(),
        _ when Resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image) => image.Reference,
        _ => throw new DistributedApplicationException($"Container '{Resource.Name}' has no image. Give it one with WithImage."),
    };

    private async Task AddCommandAsync(Service service)
    {
        var entrypoint = (Resource as ContainerResource)?.Entrypoint;
        if (entrypoint is not null)
        {
            service.Entrypoint.Add(entrypoint);
        }

        var isShell = entrypoint is not null && Path.GetFileName(entrypoint) is "sh" or "bash";
        foreach (var argument in await PublishedValues.ArgumentsAsync(Resource, context).ConfigureAwait(false))
        {
            // A shell's own variables are none of compose's.
            service.Command.Add(isShell && argument is string line ? ShellVariable().Replace(line, "$$$$") : _values.Text(argument));
        }
    }

    private async Task AddEnvironmentAsync(Service service)
    {
        foreach (var (name, value) in await PublishedValues.VariablesAsync(Resource, context).ConfigureAwait(false))
        {
            // No service has a certificate; a name for programs that know nothing of service discovery stays all the same.
            if (!(value is EndpointReference { IsHttps: true } && name.StartsWith("services__", StringComparison.Ordinal)))
            {
                service.AddEnvironmentalVariable(name, _values.Text(value));
            }
        }
    }

    private void AddPorts(Service service)
    {
        foreach (var endpoint in target.Endpoints)
        {
            var port = target.InternalPort(endpoint);
            var (list, text) = endpoint switch
            {
                { Endpoint.IsExternal: false } => (service.Expose, port),
                { IsExposedPortAsked: true } => (service.Ports, $"{endpoint.ExposedPort}:{port}"),
                _ => (service.Ports, port), // Any port of the host.
            };
            if (!list.Contains(text))
            {
                list.Add(text);
            }
        }
    }

    private void AddVolumes(Service service)
    {
        var number = 0;
        foreach (var mount in Resource.Annotations.OfType<ContainerMountAnnotation>())
        {
            var source = mount.Source ?? throw new DistributedApplicationException($"The volume of '{Resource.Name}' at '{mount.Target}' has no name, and what is published needs one: WithVolume(name, target).");
            var isBind = mount.Type == ContainerMountType.BindMount;
            if (isBind && source != DockerSocket)
            {
                var placeholder = target.BindMount(number++, mount.Target);
                Log.HostSpecific(context.Logger, Resource.Name, source, placeholder[2..^1]);
                source = placeholder;
            }

            service.AddVolume(new Volume
            {
                Name = source,
                Type = isBind ? "bind" : "volume",
                Target = mount.Target,
                Source = source,
                ReadOnly = mount.IsReadOnly,
            });
        }
    }

    // Never service_healthy: whether a service has a health check is only known when the compose file is complete.
    private void AddDependencies(Service service)
    {
        foreach (var wait in Resource.Annotations.OfType<WaitAnnotation>().Where(wait => wait.Resource is ProjectResource or ContainerResource))
        {
            service.DependsOn[DockerComposeServiceResource.ServiceNameOf(wait.Resource)] = new ServiceDependency
            {
                Condition = wait.WaitType == WaitType.WaitForCompletion ? "service_completed_successfully" : "service_started",
            };
        }
    }

    [GeneratedRegex(@"(?<!\$)\$(?=[A-Za-z_{])")]
    private static partial Regex ShellVariable();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Resource '{ResourceName}' has a bind mount with host-specific source path '{SourcePath}'. The source has been replaced with an environment variable placeholder '{Placeholder}' which may make the application less portable across different machines.")]
        public static partial void HostSpecific(ILogger logger, string resourceName, string sourcePath, string placeholder);
    }
}
