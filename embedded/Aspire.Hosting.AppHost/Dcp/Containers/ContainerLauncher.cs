using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>Starts a container: image, container, files, start; or finds the persistent one that runs already.</summary>
internal sealed partial class ContainerLauncher(ContainerResource resource, ExecutorServices app, ResourceEndpoints endpoints, ContainerSession session) : ILauncher
{
    private readonly bool _isPersistent = resource.IsPersistent();

    public string StateAtEnd => KnownResourceStates.Exited;

    public async Task<ILaunched> LaunchAsync(Publish publish, CancellationToken cancellationToken)
    {
        var engine = await session.BeginAsync(cancellationToken).ConfigureAwait(false);
        var log = app.Logs.GetLogger(resource);
        var certificate = await ServerCertificate.OfAsync(resource, ServerCertificate.ContainerFolder, app.Services, cancellationToken).ConfigureAwait(false);
        var values = await LaunchValues.CreateAsync(resource, app.ExecutionContext, certificate, log, cancellationToken).ConfigureAwait(false);
        await publish(snapshot => Described(snapshot, values) with { State = null, ExitCode = null }).ConfigureAwait(false);

        var (image, imageId) = await ImageAsync(engine, publish, cancellationToken).ConfigureAwait(false);
        var spec = await SpecAsync(engine, values, certificate, image, imageId, log, cancellationToken).ConfigureAwait(false);
        var known = await KnownAsync(engine, spec, cancellationToken).ConfigureAwait(false);
        if (known is null)
        {
            await CreateAsync(engine, spec, cancellationToken).ConfigureAwait(false);
        }

        var startedAt = DateTimeOffset.UtcNow;
        if (known is not { IsRunning: true })
        {
            await engine.AskAsync(["start", spec.Name], cancellationToken).ConfigureAwait(false);
        }

        var container = await ContainerState.FindAsync(engine, spec.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new ContainerEngineException($"{engine.Name} does not know '{spec.Name}' although it started it.");
        foreach (var (target, host) in container.PublishedPorts)
        {
            endpoints.Reach(target, host);
        }

        if (!session.Network.LeadsHere)
        {
            // There may be nobody who looks at the resource's own log.
            Log.NoWayHere(log, engine.Name, ContainerNetwork.HostName, resource.Name);
            Log.NoWayHere(app.Logger, engine.Name, ContainerNetwork.HostName, resource.Name);
        }

        return new OwnedContainer(engine, container, _isPersistent, known is { IsRunning: false } ? startedAt : null, Append);
    }

    private void Append(string line, bool isError) => app.Logs.Append(resource, line, isError);

    private async Task<(string Image, string Id)> ImageAsync(ContainerEngine engine, Publish publish, CancellationToken cancellationToken)
    {
        var source = new ImageSource(engine, Append);
        if (!resource.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build))
        {
            await publish(snapshot => snapshot with { State = KnownResourceStates.Starting }).ConfigureAwait(false);
            var image = Image();
            return (image, await source.PullAsync(image, cancellationToken).ConfigureAwait(false));
        }

        await publish(snapshot => snapshot with { State = KnownResourceStates.Building }).ConfigureAwait(false);
        var built = await source.BuildAsync(build, resource, cancellationToken).ConfigureAwait(false);
        await publish(snapshot => snapshot with { State = KnownResourceStates.Starting }).ConfigureAwait(false);
        return built;
    }

    private string Image() => resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image)
        ? image.Reference
        : throw new DistributedApplicationException($"Resource '{resource.Name}' has no image. Give it one with WithImage.");

    private async Task<ContainerSpec> SpecAsync(
        ContainerEngine engine, LaunchValues values, ServerCertificate? certificate, string image, string imageId, ILogger log, CancellationToken cancellationToken)
    {
        var subnet = await session.Network.EnsureAsync(engine, cancellationToken).ConfigureAwait(false);
        var runtimeArguments = new List<object>();
        foreach (var callback in resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>().ToArray())
        {
            await callback.Callback(new ContainerRuntimeArgsCallbackContext(runtimeArguments, cancellationToken)).ConfigureAwait(false);
        }

        return new ContainerSpec(
            resource.TryGetLastAnnotation<ContainerNameAnnotation>(out var name) ? name.Name : resource.InstanceId(),
            image,
            imageId,
            resource.Entrypoint,
            values.Arguments,
            values.Variables,
            [.. resource.Annotations.OfType<ContainerMountAnnotation>().Select(ContainerSpec.MountOf)],
            [.. endpoints.Published.Select(ContainerSpec.PortOf)],
            await LaunchValues.TextsAsync(runtimeArguments, resource, cancellationToken).ConfigureAwait(false),
            session.Network.Name,
            [resource.Name, $"{resource.Name}.dev.internal"],
            subnet is null ? [] : [$"{ContainerNetwork.HostName}:{subnet.Host}"],
            await ContainerArchive.CreateAsync(resource, certificate?.Files, app.Services, skipped => Log.Skipped(log, skipped), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The persistent container of an earlier run, or of an earlier start, if it is still what is asked for; whatever else of ours has the name is removed.</summary>
    private async Task<ContainerState?> KnownAsync(ContainerEngine engine, ContainerSpec spec, CancellationToken cancellationToken)
    {
        if (await ContainerState.FindAsync(engine, spec.Name, cancellationToken).ConfigureAwait(false) is not { } known)
        {
            return null;
        }

        if (known.Labels.GetValueOrDefault(ContainerSession.ApplicationLabel) != session.ApplicationId)
        {
            throw new DistributedApplicationException($"A container '{spec.Name}' exists already and does not belong to this AppHost. Remove it ({engine.Name} rm {spec.Name}) or choose another name with WithContainerName.");
        }

        if (_isPersistent && known.Labels.GetValueOrDefault(ContainerSession.SpecLabel) == spec.Hash)
        {
            return known;
        }

        if (known.IsRunning)
        {
            await engine.AskAsync(["stop", "-t", OwnedContainer.StopPatience, spec.Name], cancellationToken).ConfigureAwait(false);
        }

        await engine.AskAsync(["rm", "-f", "-v", spec.Name], cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task CreateAsync(ContainerEngine engine, ContainerSpec spec, CancellationToken cancellationToken)
    {
        using (var variables = new ContainerVariables(spec.Variables))
        {
            await engine.AskAsync(spec.CreateArguments(session.LabelsOf(spec, _isPersistent), variables.Arguments), cancellationToken, environment: variables.Environment).ConfigureAwait(false);
        }

        if (spec.Files is { } files)
        {
            // Owners as the archive has them, not the container's user.
            await engine.AskAsync(["cp", "--archive=false", "-", $"{spec.Name}:/"], cancellationToken, input: stream => stream.WriteAsync(files, cancellationToken).AsTask()).ConfigureAwait(false);
        }
    }

    private CustomResourceSnapshot Described(CustomResourceSnapshot snapshot, LaunchValues values) => snapshot with
    {
        Properties =
        [
            new("container.image", resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image) ? image.Reference : ""),
            .. resource.Entrypoint is null ? [] : (ImmutableArray<ResourcePropertySnapshot>)[new("container.command", resource.Entrypoint)],
            new("container.args", values.Arguments) { IsSensitive = true },
            new("resource.appArgs", values.Arguments) { IsSensitive = true },
            new("container.lifetime", (_isPersistent ? ContainerLifetime.Persistent : ContainerLifetime.Session).ToString()),
        ],
        EnvironmentVariables = [.. values.Variables.Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, IsFromSpec: true))],
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Skipped}")]
        public static partial void Skipped(ILogger logger, string skipped);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Engine} runs containers where {HostName} does not lead to this machine (rootless, or in a virtual machine): '{Resource}' reaches no process of this machine. Run what it needs as a container as well, or it as a process.")]
        public static partial void NoWayHere(ILogger logger, string engine, string hostName, string resource);
    }
}
