using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Health;

/// <summary>Runs the health checks of each resource while it runs, and tells when it becomes ready.</summary>
internal sealed partial class ResourceHealthMonitor(
    ResourceNotificationService notifications,
    HealthCheckService checks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    ILogger<ResourceHealthMonitor> logger) : BackgroundService
{
    /// <summary>How long nothing is checked after so many failures in a row: who waits for a resource waits for that too.</summary>
    internal static TimeSpan PauseAfter(int failures) => TimeSpan.FromSeconds(failures == 0 ? 30 : Math.Min(failures, 5));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<string, CancellationTokenSource>();
        var monitors = new List<Task>();
        try
        {
            await foreach (var now in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                var runs = now.Snapshot.State.Is(KnownResourceStates.Running);
                if (runs && !running.ContainsKey(now.ResourceId))
                {
                    var ended = running[now.ResourceId] = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    monitors.RemoveAll(monitor => monitor.IsCompleted);
                    monitors.Add(MonitorAsync(now, ended.Token));
                }
                else if (!runs && running.Remove(now.ResourceId, out var ended))
                {
                    await ended.CancelAsync().ConfigureAwait(false);
                    ended.Dispose();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends.
        }

        await Task.WhenAll(monitors).ConfigureAwait(false);
    }

    private async Task MonitorAsync(ResourceEvent started, CancellationToken ended)
    {
        var resource = started.Resource;
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToHashSet();
        var failures = 0;
        var ready = false;
        try
        {
            while (true)
            {
                var status = keys.Count == 0 ? HealthStatus.Healthy : await CheckAsync(started, keys, ended).ConfigureAwait(false);
                if (status == HealthStatus.Healthy && !ready)
                {
                    ready = true;
                    await PublishReadyAsync(started, ended).ConfigureAwait(false);
                }

                if (keys.Count == 0)
                {
                    return;
                }

                failures = status == HealthStatus.Healthy ? 0 : failures + 1;
                await Task.Delay(PauseAfter(failures), ended).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The resource does not run any more.
        }
    }

    private async Task<HealthStatus> CheckAsync(ResourceEvent started, HashSet<string> keys, CancellationToken ended)
    {
        var report = await checks.CheckHealthAsync(check => keys.Contains(check.Name), ended).ConfigureAwait(false);
        var now = DateTime.UtcNow;
        ImmutableArray<HealthReportSnapshot> reports =
        [
            .. keys.Select(key => report.Entries.TryGetValue(key, out var entry)
                ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.ToString()) { LastRunAt = now }
                : new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"No health check is registered as '{key}'.", null)),
        ];

        await PublishAsync(started, snapshot => snapshot with { HealthReports = reports }).ConfigureAwait(false);
        return reports.Min(one => one.Status) ?? HealthStatus.Unhealthy;
    }

    private async Task PublishReadyAsync(ResourceEvent started, CancellationToken ended)
    {
        var handlers = Task.Run(() => eventing.PublishAsync(new ResourceReadyEvent(started.Resource, services), ended), ended);
        await PublishAsync(started, snapshot => snapshot with { Ready = handlers }).ConfigureAwait(false);
        try
        {
            await handlers.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException) // Whoever waits for the resource gets it too.
        {
            Log.ReadyHandlerFailed(logger, exception, started.Resource.Name);
        }
    }

    /// <summary>Nothing is said about a run that is over: the snapshot belongs to the next one by then.</summary>
    private Task PublishAsync(ResourceEvent started, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        notifications.PublishUpdateAsync(
            started.Resource,
            started.ResourceId,
            snapshot => snapshot.State.Is(KnownResourceStates.Running) && snapshot.StartTimeStamp == started.Snapshot.StartTimeStamp ? change(snapshot) : snapshot);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A handler for the readiness of resource '{Resource}' failed.")]
        public static partial void ReadyHandlerFailed(ILogger logger, Exception exception, string resource);
    }
}
