using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>What is shown about a parameter: its value, or that it has none.</summary>
internal static partial class ParameterState
{
    public static async Task ShowAsync(ParameterResource parameter, ResourceNotificationService notifications, ILogger logger)
    {
        var properties = ImmutableArray.Create(new ResourcePropertySnapshot("parameter.secret", parameter.Secret));
        ResourceStateSnapshot? state;
        try
        {
            var value = await parameter.GetValueAsync(CancellationToken.None).ConfigureAwait(false);
            properties = properties.Add(new ResourcePropertySnapshot("Value", value) { IsSensitive = parameter.Secret });
            state = KnownResourceStates.Running;
        }
        catch (Exception exception) // A default may come from the AppHost's own code; whoever needs the value fails, and nobody else.
        {
            Log.NoValue(logger, parameter.Name, exception.Message);
            state = KnownResourceStates.ValueMissing;
        }

        await notifications.PublishUpdateAsync(parameter, snapshot => snapshot with { ResourceType = "Parameter", Properties = properties, State = state }).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Parameter '{Parameter}' is missing: {Reason}")]
        public static partial void NoValue(ILogger logger, string parameter, string reason);
    }
}
