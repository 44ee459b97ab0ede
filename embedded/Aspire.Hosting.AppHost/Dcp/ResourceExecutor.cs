using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Processes;
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

/// <summary>Runs one project or executable: starts its process when it is due, follows it to its end, and starts and stops it again when somebody asks.</summary>
internal sealed partial class ResourceExecutor(IResource resource, ExecutorServices app, ResourceEndpoints endpoints, ProcessRun processes) : IDisposable
{
    private const int LinesTold = 10;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile CancellationTokenSource? _waiting;
    private OwnedProcess? _process;
    private Task _following = Task.CompletedTask;
    private bool _stopAsked;

    /// <summary>Starts the process, after everything that it waits for. The result is what went wrong, in a sentence; it is told and shown already.</summary>
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
            await EndAsync(givenUp.Token).ConfigureAwait(false);
            return await LaunchAsync(givenUp.Token).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_process is not { } process)
        {
            return;
        }

        _stopAsked = true;
        await process.StopAsync(cancellationToken).ConfigureAwait(false);
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

            var plan = await LaunchPlan.CreateAsync(resource, app.Options.Assembly, app.ExecutionContext, AddCertificateAsync, log, cancellationToken).ConfigureAwait(false);
            await PublishAsync(snapshot => Described(snapshot, plan) with { State = null, ExitCode = null }).ConfigureAwait(false);

            _stopAsked = false;
            var process = _process = await processes.StartAsync(
                new ProcessSpec(
                    resource.InstanceId(),
                    plan.Command,
                    plan.Arguments,
                    plan.WorkingDirectory,
                    plan.CompleteEnvironment(),
                    (line, isError) => app.Logs.Append(resource, line, isError)),
                cancellationToken).ConfigureAwait(false);
            await PublishAsync(snapshot => snapshot with
            {
                State = KnownResourceStates.Running,
                StartTimeStamp = process.StartedAt,
                Properties = snapshot.Properties.Add(new ResourcePropertySnapshot("executable.pid", process.Id)),
                Urls = WithActivity(snapshot, true),
            }).ConfigureAwait(false);
            _following = FollowAsync(process);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) // Callbacks of the AppHost have a part in a start: whatever goes wrong in it is this resource's failure and no other's.
        {
            Log.NotStarted(log, exception.Message);
            Log.FailedToStart(app.Logger, resource.Name, exception.Message);
            await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.FailedToStart, StopTimeStamp = DateTime.UtcNow }).ConfigureAwait(false);
            return exception.Message;
        }
    }

    private async Task AddCertificateAsync(Dictionary<string, object> variables)
    {
        if (await ServerCertificate.OfAsync(resource, app.Services, app.Stopping).ConfigureAwait(false) is { } certificate)
        {
            certificate.WriteTo(processes.Folder);
            await certificate.ConfigureAsync(resource, processes.Folder, variables).ConfigureAwait(false);
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

    private async Task FollowAsync(OwnedProcess process)
    {
        var exitCode = await process.Exited.ConfigureAwait(false);
        if (exitCode != 0 && !_stopAsked && !app.Stopping.IsCancellationRequested)
        {
            // There may be nobody who looks at the resource's own log. First of all, so that it stands above the failures that follow from it.
            var lines = app.Logs.LastLines(resource, LinesTold);
            Log.Ended(app.Logger, resource.Name, exitCode, string.Concat(lines.Select(line => $"{Environment.NewLine}  {line.Content}")));
        }

        await PublishAsync(snapshot => snapshot with
        {
            State = KnownResourceStates.Finished,
            ExitCode = exitCode,
            StopTimeStamp = DateTime.UtcNow,
            Urls = WithActivity(snapshot, false),
        }).ConfigureAwait(false);
        _process = null;
    }

    private CustomResourceSnapshot Described(CustomResourceSnapshot snapshot, LaunchPlan plan)
    {
        var properties = ImmutableArray.CreateBuilder<ResourcePropertySnapshot>();
        properties.Add(new("executable.path", plan.Command));
        properties.Add(new("executable.workDir", plan.WorkingDirectory));
        properties.Add(new("executable.args", plan.Arguments) { IsSensitive = true });
        properties.Add(new("resource.appArgs", plan.OwnArguments) { IsSensitive = true });
        if (resource.Annotations.OfType<IProjectMetadata>().LastOrDefault() is { } project)
        {
            properties.Add(new("project.path", project.ProjectPath));
        }

        if (resource.TryGetLastAnnotation<LaunchProfileAnnotation>(out var profile))
        {
            properties.Add(new("project.launchProfile", profile.Name));
        }

        return snapshot with
        {
            Properties = properties.ToImmutable(),
            EnvironmentVariables = [.. plan.Variables.Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, IsFromSpec: true))],
        };
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
