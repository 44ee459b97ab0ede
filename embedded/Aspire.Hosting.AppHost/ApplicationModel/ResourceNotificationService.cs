using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Keeps what is shown about each resource, and tells everybody who watches.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _disposing = new();
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceLoggerService _logs;

    /// <summary>Created by the application.</summary>
    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime,
        IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        _ = hostApplicationLifetime;
        _logger = logger;
        _services = serviceProvider;
        _logs = resourceLoggerService;
    }

    /// <summary>Changes what is shown about a resource.</summary>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, resource.InstanceId(), stateFactory);

    /// <summary>Changes what is shown about one running thing of a resource.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        // One lock for all: watchers see the changes of all resources in one order.
        lock (_sync)
        {
            var before = _current.TryGetValue(resourceId, out var last) ? last.Snapshot : FirstSnapshot(resource);
            var snapshot = stateFactory(before);
            snapshot = snapshot with { Commands = Commands(resource, snapshot) };
            var now = _current[resourceId] = new ResourceEvent(resource, resourceId, snapshot);
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(now);
            }

            if (snapshot.State?.Text is { Length: > 0 } state && state != before.State?.Text)
            {
                Log.Changed(_logger, resourceId, before.State?.Text ?? "nothing", state);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Every resource as it is now, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watcher = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_sync)
        {
            foreach (var now in _current.Values)
            {
                watcher.Writer.TryWrite(now);
            }

            _watchers.Add(watcher);
        }

        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
            await foreach (var change in watcher.Reader.ReadAllAsync(ended.Token).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_sync)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    /// <summary>What is shown now, by the id or by the name of a resource.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_sync)
        {
            resourceEvent = _current.TryGetValue(resourceId, out var byId)
                ? byId
                : _current.Values.FirstOrDefault(now => string.Equals(now.Resource.Name, resourceId, StringComparison.OrdinalIgnoreCase));
            return resourceEvent is not null;
        }
    }

    /// <summary>Ends everybody's watching.</summary>
    public void Dispose()
    {
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    private static CustomResourceSnapshot FirstSnapshot(IResource resource)
    {
        var first = resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var given)
            ? given.InitialSnapshot
            : new CustomResourceSnapshot { ResourceType = resource.GetType().Name, Properties = [] };
        return first with
        {
            CreationTimeStamp = first.CreationTimeStamp ?? DateTime.UtcNow,
            HealthReports = Unchecked(resource),
            Relationships = [.. first.Relationships, .. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(other => new RelationshipSnapshot(other.Resource.Name, other.Type))],
        };
    }

    /// <summary>The reports of a resource whose checks have not run yet.</summary>
    internal static ImmutableArray<HealthReportSnapshot> Unchecked(IResource resource) =>
        [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).Distinct().Select(key => new HealthReportSnapshot(key, null, null, null))];

    private ImmutableArray<ResourceCommandSnapshot> Commands(IResource resource, CustomResourceSnapshot snapshot)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = _services };
        return
        [
            .. resource.Annotations.OfType<ResourceCommandAnnotation>().ToArray().Select(command => new ResourceCommandSnapshot(
                command.Name,
                command.UpdateState(context),
                command.DisplayName,
                command.DisplayDescription,
                command.Parameter,
                command.ConfirmationMessage,
                command.IconName,
                command.IconVariant,
                command.IsHighlighted)),
        ];
    }

    private IResource Find(string resourceName)
    {
        var resources = _services.GetRequiredService<DistributedApplicationModel>().Resources;
        return resources.TryGetByName(resourceName, out var resource)
            ? resource
            : throw new InvalidOperationException($"There is no resource '{resourceName}'; there are {string.Join(", ", resources.Select(known => $"'{known.Name}'"))}.");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Resource {ResourceId} went from {Before} to {State}.")]
        public static partial void Changed(ILogger logger, string resourceId, string before, string state);
    }
}
