using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Containers;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>What every resource's execution needs of the application.</summary>
internal sealed record ExecutorServices(
    IServiceProvider Services,
    DistributedApplicationExecutionContext ExecutionContext,
    DistributedApplicationOptions Options,
    ResourceNotificationService Notifications,
    ResourceLoggerService Logs,
    IDistributedApplicationEventing Eventing,
    ILogger Logger,
    CancellationToken Stopping);

/// <summary>Runs one resource: starts it when it is due, follows it to its end, and starts and stops it again when somebody asks.</summary>
internal sealed partial class ResourceExecutor(IResource resource, ExecutorServices app, ResourceEndpoints endpoints, ILauncher launcher) : IDisposable
{
    private const int LinesTold = 10;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile CancellationTokenSource? _waiting;
    private volatile ILaunched? _launched;
    private Task _following = Task.CompletedTask;
    private Task _reviving = Task.CompletedTask;
    private bool _stopAsked;

    // Both in turn: the last start failed for want of an engine, and a loop waits for one.
    private bool _lacksEngine;
    private bool _isReviving;

    /// <summary>Starts it, after everything that it waits for. The result is what went wrong, in a sentence; it is told and shown already.</summary>
    public async Task<string?> StartAsync(CancellationToken cancellationToken)
    {
        if (_waiting is { } waiting)
        {
            // Somebody who starts a waiting resource does not want it to wait any longer.
            await waiting.CancelAsync().ConfigureAwait(false);
            return null;
        }

        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Stopping);
        await _turn.WaitAsync(givenUp.Token).ConfigureAwait(false);
        try
        {
            await EndAsync((launched, limit) => launched.StopAsync(limit), givenUp.Token).ConfigureAwait(false);
            return await LaunchAsync(givenUp.Token).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => EndInTurnAsync((launched, limit) => launched.StopAsync(limit), cancellationToken);

    /// <summary>The application ends, and with it the resource, unless it is to outlive it.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await EndInTurnAsync((launched, limit) => launched.ReleaseAsync(limit), cancellationToken).ConfigureAwait(false);
        await _reviving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _turn.Dispose();

    private async Task EndInTurnAsync(Func<ILaunched, CancellationToken, Task> end, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndAsync(end, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task EndAsync(Func<ILaunched, CancellationToken, Task> end, CancellationToken cancellationToken)
    {
        if (_launched is not { } launched)
        {
            return;
        }

        _stopAsked = true;
        await end(launched, cancellationToken).ConfigureAwait(false);
        await _following.ConfigureAwait(false);
    }

    private async Task<string?> LaunchAsync(CancellationToken cancellationToken)
    {
        var log = app.Logs.GetLogger(resource);
        try
        {
            await PublishAsync(snapshot => snapshot with
            {
                State = KnownResourceStates.Starting,
                StopTimeStamp = null,
                HealthReports = ResourceNotificationService.Unchecked(resource),
                Ready = null,
            }).ConfigureAwait(false);
            endpoints.Open(); // Before the waiting: who starts the application should not have to wait for bad news.
            await app.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, app.Services), cancellationToken).ConfigureAwait(false);
            await WaitForOthersAsync(cancellationToken).ConfigureAwait(false);

            _stopAsked = false;
            _lacksEngine = false;
            var launched = await launcher.LaunchAsync(PublishAsync, cancellationToken).ConfigureAwait(false);
            await PublishAsync(snapshot => snapshot with
            {
                State = KnownResourceStates.Running,
                StartTimeStamp = launched.StartedAt,
                Properties = [.. snapshot.Properties, .. launched.Properties],
                Urls = WithActivity(snapshot, true),
            }).ConfigureAwait(false);
            _launched = launched;
            _following = FollowAsync(launched);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (ContainerEngineUnavailableException unavailable)
        {
            Log.NotStarted(log, unavailable.Message);
            await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.RuntimeUnhealthy }).ConfigureAwait(false);
            _lacksEngine = true;
            if (!_isReviving)
            {
                _isReviving = true;
                _reviving = ReviveAsync(unavailable.Engines);
            }

            return unavailable.Message;
        }
        catch (Exception exception) // Callbacks of the AppHost have a part in a start: whatever goes wrong in it is this resource's failure and no other's.
        {
            Log.NotStarted(log, exception.Message);
            Log.FailedToStart(app.Logger, resource.Name, exception.Message);
            await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.FailedToStart, StopTimeStamp = DateTime.UtcNow }).ConfigureAwait(false);
            return exception.Message;
        }
    }

    private async Task WaitForOthersAsync(CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _waiting = waiting;
        try
        {
            await app.Notifications.WaitForDependenciesAsync(resource, waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && waiting.IsCancellationRequested)
        {
            // Told not to wait.
        }
        finally
        {
            _waiting = null;
        }
    }

    /// <summary>What had no engine to run it starts as soon as there is one, unless somebody was quicker.</summary>
    private async Task ReviveAsync(ContainerEngines engines)
    {
        while (true)
        {
            await engines.WaitAsync(app.Stopping).ConfigureAwait(false);
            await _turn.WaitAsync(app.Stopping).ConfigureAwait(false);
            try
            {
                if (_lacksEngine)
                {
                    await LaunchAsync(app.Stopping).ConfigureAwait(false);
                }

                // The engine may have gone again in between.
                if (!_lacksEngine)
                {
                    _isReviving = false;
                    return;
                }
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task FollowAsync(ILaunched launched)
    {
        int exitCode;
        try
        {
            exitCode = await launched.Exited.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return; // Left running when the application ends.
        }

        if (exitCode != 0 && !_stopAsked && !app.Stopping.IsCancellationRequested)
        {
            // There may be nobody who looks at the resource's own log. First of all, so that it stands above the failures that follow from it.
            var lines = app.Logs.LastLines(resource, LinesTold);
            Log.Ended(app.Logger, resource.Name, exitCode, string.Concat(lines.Select(line => $"{Environment.NewLine}  {line.Content}")));
        }

        endpoints.Unreach();
        await PublishAsync(snapshot => snapshot with
        {
            State = launcher.StateAtEnd,
            ExitCode = exitCode,
            StopTimeStamp = DateTime.UtcNow,
            Urls = WithActivity(snapshot, false),
        }).ConfigureAwait(false);
        _launched = null;
    }

    private static ImmutableArray<UrlSnapshot> WithActivity(CustomResourceSnapshot snapshot, bool active) =>
        [.. snapshot.Urls.Select(url => url.Name is null ? url : url with { IsInactive = !active })];

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => app.Notifications.PublishUpdateAsync(resource, change);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Could not be started: {Reason}")]
        public static partial void NotStarted(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Resource '{Resource}' could not be started: {Reason}")]
        public static partial void FailedToStart(ILogger logger, string resource, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Resource '{Resource}' ended with exit code {ExitCode}. The end of its log:{Lines}")]
        public static partial void Ended(ILogger logger, string resource, int exitCode, string lines);
    }
}
