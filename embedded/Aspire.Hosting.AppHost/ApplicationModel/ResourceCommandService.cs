using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Executes the commands of resources.</summary>
public partial class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _logs;
    private readonly IServiceProvider _services;
    private readonly ILogger<ResourceCommandService> _logger;

    internal ResourceCommandService(
        ResourceNotificationService notifications,
        ResourceLoggerService logs,
        IServiceProvider services,
        ILogger<ResourceCommandService> logger)
    {
        _notifications = notifications;
        _logs = logs;
        _services = services;
        _logger = logger;
    }

    /// <summary>Executes a command of the resource with this id or name.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var now)
            ? ExecuteAsync(now.Resource, now.ResourceId, commandName, cancellationToken)
            : Task.FromResult(CommandResults.Failure($"There is no resource '{resourceId}'."));

    /// <summary>Executes a command of a resource.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteAsync(resource, resource.InstanceId(), commandName, cancellationToken);

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string resourceId, string commandName, CancellationToken cancellationToken)
    {
        var commands = resource.Annotations.OfType<ResourceCommandAnnotation>().ToArray();
        if (commands.LastOrDefault(known => known.Name == commandName) is not { } command)
        {
            var names = commands.Select(known => $"'{known.Name}'").ToArray();
            return CommandResults.Failure($"Resource '{resource.Name}' has no command '{commandName}'; it has {(names.Length > 0 ? string.Join(", ", names) : "none")}.");
        }

        var log = _logs.GetLogger(resource);
        try
        {
            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = _services,
                ResourceName = resourceId,
                CancellationToken = cancellationToken,
                Logger = log,
            }).ConfigureAwait(false);
            if (result.Success)
            {
                Log.Executed(_logger, commandName, resourceId);
            }
            else if (!result.Canceled)
            {
                Log.Refused(_logger, commandName, resourceId, result.Message);
            }

            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception exception) // Whatever a command does wrong is its result, for the person who asked for it.
        {
            Log.Failed(log, exception, commandName);
            Log.Refused(_logger, commandName, resourceId, exception.Message);
            return CommandResults.Failure(exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Command {CommandName} of resource {ResourceId} is done.")]
        public static partial void Executed(ILogger logger, string commandName, string resourceId);

        [LoggerMessage(Level = LogLevel.Error, Message = "Command {CommandName} of resource {ResourceId} failed: {Reason}")]
        public static partial void Refused(ILogger logger, string commandName, string resourceId, string? reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Command {CommandName} failed.")]
        public static partial void Failed(ILogger logger, Exception exception, string commandName);
    }
}
