using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Containers;
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
    private readonly IHostEnvironment _environment;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IResource, ResourceExecutor> _executors = [];
    private readonly List<ResourceEndpoints> _endpoints = [];
    private ProcessRun? _processes;
    private ContainerSession? _containers;

    public ApplicationExecutor(
        DistributedApplicationModel model,
        DistributedApplicationExecutionContext executionContext,
        DistributedApplicationOptions options,
        ResourceNotificationService notifications,
        ResourceLoggerService logs,
        IDistributedApplicationEventing eventing,
        IConfiguration configuration,
        IHostEnvironment environment,
        IHostApplicationLifetime lifetime,
        IServiceProvider services,
        ILogger<DistributedApplication> logger)
    {
        _model = model;
        _configuration = configuration;
        _environment = environment;
        _lifetime = lifetime;
        _app = new ExecutorServices(services, executionContext, options, notifications, logs, eventing, logger, _stopping.Token);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        _processes = ProcessRun.Start(_app.Logger);
        BeginContainers(_processes);
        foreach (var resource in _model.Resources.Where(RunsHere))
        {
            LifecycleCommands.Add(resource, () => _executors[resource]);
        }

        try
        {
            await ShowAsync().ConfigureAwait(false);
            await AllocateAsync(givenUp.Token).ConfigureAwait(false);
            await WaitForContainerEngineAsync(givenUp.Token).ConfigureAwait(false);
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
        await Task.WhenAll(_executors.Values.Select(executor => executor.ReleaseAsync(cancellationToken))).ConfigureAwait(false);
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

                case ProjectResource or ExecutableResource or ContainerResource:
                    var type = resource is ProjectResource ? "Project" : resource is ContainerResource ? "Container" : "Executable";
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
            var endpoints = new ResourceEndpoints(resource, randomizePorts, endpoint => KeptPort(resource, endpoint));
            _endpoints.Add(endpoints);
            ILauncher launcher = resource is ContainerResource container
                ? new ContainerLauncher(container, _app, endpoints, _containers!)
                : new ProcessLauncher(resource, _app, _processes!);
            _executors[resource] = new ResourceExecutor(resource, _app, endpoints, launcher);
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

    private void BeginContainers(ProcessRun processes)
    {
        var containers = _model.Resources.OfType<ContainerResource>().ToArray();
        if (containers.Length == 0)
        {
            return;
        }

        // The same AppHost finds its persistent containers again by this.
        var appHost = _app.Options.ProjectDirectory ?? _environment.ContentRootPath;
        _containers = new ContainerSession(containers.Any(container => container.IsPersistent()), appHost, _configuration, _environment, processes, _app.Logger);
        foreach (var persistent in containers.Where(container => container.IsPersistent()))
        {
            persistent.NameInstance(_containers.ApplicationId);
        }

        foreach (var endpoint in _model.Resources.Where(resource => resource is ProjectResource or ExecutableResource).SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()))
        {
            endpoint.ForContainers = cancellationToken => _containers.WayToAsync(endpoint.AllocatedEndpoint!, cancellationToken);
        }
    }

    /// <summary>Tests would wait for their own limit, and learn less: they are told at once that no engine came up in time.</summary>
    private async Task WaitForContainerEngineAsync(CancellationToken cancellationToken)
    {
        var limit = _configuration.GetValue<TimeSpan?>("DcpPublisher:ContainerRuntimeInitializationTimeout");
        if (_containers is null || limit is null || !_executors.Keys.Any(resource => resource is ContainerResource && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>()))
        {
            return;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit.Value);
        try
        {
            await _containers.Engines.WaitAsync(limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"No container engine came up within {limit.Value.TotalSeconds} s. {_containers.Engines.Problem}");
        }
    }

    private int KeptPort(IResource resource, EndpointAnnotation endpoint)
    {
        if (!UserSecrets.AreKept(_app.Options.Assembly))
        {
            Log.PortNotKept(_app.Logger, endpoint.Name, resource.Name);
        }

        var port = UserSecrets.KeepOrCreate(_app.Options.Assembly, $"Resources:{resource.Name}:{endpoint.Name}:port", () => FreePort.Next().ToString(CultureInfo.InvariantCulture));
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new DistributedApplicationException($"'{port}' is no port: correct or remove Resources:{resource.Name}:{endpoint.Name}:port in the AppHost's user secrets.");
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

        if (_containers is { } containers)
        {
            await containers.DisposeAsync().ConfigureAwait(false);
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

    private static bool RunsHere(IResource resource) => resource is ProjectResource or ExecutableResource or ContainerResource;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint '{Endpoint}' of the persistent container '{Resource}' gets another port in each run, and the container is made anew: give the endpoint a port, or the AppHost a UserSecretsId.")]
        public static partial void PortNotKept(ILogger logger, string endpoint, string resource);

        [LoggerMessage(Level = LogLevel.Error, Message = "The links of resource '{Resource}' could not be made: {Reason}")]
        public static partial void NoUrls(ILogger logger, string resource, string reason);
    }
}
