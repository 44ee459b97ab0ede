using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

// Waiting until resources get somewhere.
public partial class ResourceNotificationService
{
    /// <summary>Waits until a resource is in a state; Running when none is given.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until a resource is in one of these states, and returns which.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToArray();
        var reached = await WaitForResourceAsync(resourceName, now => states.Any(state => now.Snapshot.State.Is(state)), cancellationToken).ConfigureAwait(false);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits until a resource is as described.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        var resource = Find(resourceName);
        await foreach (var now in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (ReferenceEquals(now.Resource, resource) && predicate(now))
            {
                return now;
            }
        }

        throw new OperationCanceledException($"The application ended before resource '{resourceName}' got where it was expected.");
    }

    /// <summary>Waits until a resource is healthy; fails when it ends or cannot start.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, WaitBehavior.StopOnResourceUnavailable, cancellationToken);

    /// <summary>Waits until a resource runs, its health checks pass and its ready handlers are done.</summary>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName,
            now => now.Snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null } || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && now.IsUnavailable),
            cancellationToken).ConfigureAwait(false);
        if (reached.IsUnavailable || reached.Snapshot.Ready is not { } ready)
        {
            throw Unavailable(reached, "healthy");
        }

        await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        return reached;
    }

    /// <summary>Waits for everything that a resource was told to wait for; it shows the state Waiting meanwhile.</summary>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (!resource.TryGetAnnotationsOfType<WaitAnnotation>(out var waits))
        {
            return;
        }

        await PublishUpdateAsync(resource, snapshot => snapshot with { State = KnownResourceStates.Waiting }).ConfigureAwait(false);
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // The first failure is enough: the others may never get where they are expected.
            await foreach (var waited in Task.WhenEach(waits.Select(wait => WaitForAsync(wait, _logs.GetLogger(resource), givenUp.Token))).ConfigureAwait(false))
            {
                await waited.ConfigureAwait(false);
            }
        }
        finally
        {
            await givenUp.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task WaitForAsync(WaitAnnotation wait, ILogger log, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        var behavior = wait.WaitBehavior ?? WaitBehavior.StopOnResourceUnavailable;
        switch (wait.WaitType)
        {
            case WaitType.WaitUntilHealthy:
                WaitLog.Waiting(log, name, "healthy");
                await WaitForResourceHealthyAsync(name, behavior, cancellationToken).ConfigureAwait(false);
                break;

            case WaitType.WaitUntilStarted:
                WaitLog.Waiting(log, name, "running");
                var started = await WaitForResourceAsync(
                    name,
                    now => now.Snapshot.State.Is(KnownResourceStates.Running) || (behavior == WaitBehavior.StopOnResourceUnavailable && now.IsUnavailable),
                    cancellationToken).ConfigureAwait(false);
                if (!started.Snapshot.State.Is(KnownResourceStates.Running))
                {
                    throw Unavailable(started, "running");
                }

                break;

            case WaitType.WaitForCompletion:
                WaitLog.Waiting(log, name, "done");
                var ended = await WaitForResourceAsync(name, now => now.Snapshot.State.IsTerminal(), cancellationToken).ConfigureAwait(false);
                if (ended.Snapshot.State.Is(KnownResourceStates.FailedToStart) || (ended.Snapshot.ExitCode is { } exitCode && exitCode != wait.ExitCode))
                {
                    throw Unavailable(ended, $"done with exit code {wait.ExitCode}");
                }

                break;
        }

        WaitLog.Waited(log, name);
    }

    private static DistributedApplicationException Unavailable(ResourceEvent reached, string expected)
    {
        var exitCode = reached.Snapshot.ExitCode is { } code ? $" with exit code {code}" : "";
        return new DistributedApplicationException(
            $"Stopped waiting for resource '{reached.Resource.Name}' to be {expected}: it is in state {reached.Snapshot.State?.Text}{exitCode}.");
    }

    private static partial class WaitLog
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for resource '{Name}' to be {Expected}.")]
        public static partial void Waiting(ILogger logger, string name, string expected);

        [LoggerMessage(Level = LogLevel.Information, Message = "Finished waiting for resource '{Name}'.")]
        public static partial void Waited(ILogger logger, string name);
    }
}
