using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Lifecycle;

/// <summary>Sends the lines of every resource to the AppHost's log, under a category of the resource's own.</summary>
internal sealed partial class ResourceLogForwarder(
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    IHostEnvironment environment,
    ILoggerFactory loggers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forwarded = new Dictionary<string, Task>();
        try
        {
            await foreach (var now in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                if (!forwarded.ContainsKey(now.ResourceId))
                {
                    forwarded[now.ResourceId] = ForwardAsync(now.Resource, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends.
        }

        await Task.WhenAll(forwarded.Values).ConfigureAwait(false);
    }

    private async Task ForwardAsync(IResource resource, CancellationToken ended)
    {
        var logger = loggers.CreateLogger($"{environment.ApplicationName}.Resources.{resource.Name}");
        try
        {
            await foreach (var lines in logs.WatchAsync(resource).WithCancellation(ended).ConfigureAwait(false))
            {
                foreach (var line in lines)
                {
                    Log.Line(logger, line.IsErrorMessage ? LogLevel.Error : LogLevel.Information, line.LineNumber, line.Content);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The application ends.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "{LineNumber}: {Line}")]
        public static partial void Line(ILogger logger, LogLevel level, int lineNumber, string line);
    }
}
