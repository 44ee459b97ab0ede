using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Processes;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>The engine: shows every resource, decides the ports, starts what starts by itself, and ends all of it with the application.</summary>
internal sealed partial class ApplicationExecutor : IHostedService, IAsyncDisposable
{
    private readonly DistributedApplicationModel _model;
    private readonly ExecutorServices _app;
    private readonly IConfiguration _configuration;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IResource, ResourceExecutor> _executors = [];
    private readonly List<ResourceEndpoints> _endpoints = [];
    private ProcessRun? _processes;

    public ApplicationExecutor(
        DistributedApplicationModel model,
        DistributedApplicationExecutionContext executionContext,
        DistributedApplicationOptions options,
        ResourceNotificationService notifications,
        ResourceLoggerService logs,
        IDistributedApplicationEventing eventing,
        IConfiguration configuration,
        IHostApplicationLifetime lifetime,
        IServiceProvider services,
        ILogger<DistributedApplication> logger)
    {
        _model = model;
        _configuration = configuration;
        _lifetime = lifetime;
        _app = new ExecutorServices(services, executionContext, options, notifications, logs, eventing, logger, _stopping.Token);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        _processes = ProcessRun.Start(_app.Logger);
        foreach (var resource in _model.Resources.Where(RunsHere))
        {
            LifecycleCommands.Add(resource, () => _executors[resource]);
        }

        try
        {
            await ShowAsync().ConfigureAwait(false);
            await AllocateAsync(givenUp.Token).ConfigureAwait(false);
            await Task.WhenAll(_executors.Keys.ToArray().Select(resource => BeginAsync(resource, givenUp.Token))).ConfigureAwait(false);
            await _app.Eventing.PublishAsync(new AfterResourcesCreatedEvent(_app.Services, _model), givenUp.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Ctrl+C while resources were still waiting for others is no failure: what runs already is stopped as usual.
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_executors.Values.Select(executor => executor.StopAsync(cancellationToken))).ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Shows every resource once; parameters and resources of other kinds begin their life here.</summary>
    private async Task ShowAsync()
    {
        foreach (var resource in _model.Resources.OrderBy(resource => resource is ParameterResource ? 0 : 1).ToArray())
        {
            switch (resource)
            {
                case ParameterResource parameter:
                    await ParameterState.ShowAsync(parameter, _app.Notifications, _app.Logger).ConfigureAwait(false);
                    break;

                case ProjectResource or ExecutableResource:
                    var type = resource is ProjectResource ? "Project" : "Executable";
                    await _app.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with { ResourceType = type }).ConfigureAwait(false);
                    break;

                default:
                    await _app.Notifications.PublishUpdateAsync(resource, snapshot => snapshot).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task AllocateAsync(CancellationToken cancellationToken)
    {
        var randomizePorts = _configuration.GetValue("DcpPublisher:RandomizePorts", false);
        foreach (var resource in _model.Resources.Where(RunsHere).ToArray())
        {
            var endpoints = new ResourceEndpoints(resource, randomizePorts);
            _endpoints.Add(endpoints);
            _executors[resource] = new ResourceExecutor(resource, _app, endpoints, _processes!);
        }

        // Only now: what is told about one resource may have the ports of another one in it.
        foreach (var resource in _model.Resources.ToArray())
        {
            await ShowUrlsAsync(resource, cancellationToken).ConfigureAwait(false);
            if (RunsHere(resource))
            {
                await _app.Eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, _app.Services), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _app.Eventing.PublishAsync(new InitializeResourceEvent(resource, _app.Eventing, _app.Logs, _app.Notifications, _app.Services), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ShowUrlsAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var urls = await ResourceUrls.CollectAsync(resource, _app.ExecutionContext, _app.Logs.GetLogger(resource), cancellationToken).ConfigureAwait(false);
            if (!urls.IsEmpty)
            {
                await _app.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with { Urls = urls }).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException) // Links are made by callbacks of the AppHost; without one the application still runs.
        {
            Log.NoUrls(_app.Logger, resource.Name, exception.Message);
        }
    }

    private Task BeginAsync(IResource resource, CancellationToken cancellationToken) => resource.HasAnnotationOfType<ExplicitStartupAnnotation>()
        ? _app.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with { State = KnownResourceStates.NotStarted })
        : _executors[resource].StartAsync(cancellationToken);

    private async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _processes, null) is not { } processes)
        {
            return;
        }

        await processes.DisposeAsync().ConfigureAwait(false);
        foreach (var executor in _executors.Values)
        {
            executor.Dispose();
        }

        foreach (var endpoints in _endpoints)
        {
            await endpoints.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static bool RunsHere(IResource resource) => resource is ProjectResource or ExecutableResource;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The links of resource '{Resource}' could not be made: {Reason}")]
        public static partial void NoUrls(ILogger logger, string resource, string reason);
    }
}
