using System.Globalization;
using System.Runtime.CompilerServices;
using Aspire.Dashboard.Application;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The application as the dashboard sees it.</summary>
internal sealed class ApplicationView(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceCommandService commands,
    DistributedApplicationOptions options,
    IHostEnvironment environment,
    ILogger<DistributedApplication> logger) : IApplication
{
    private const string HostSuffix = ".AppHost";

    public string Name => environment.ApplicationName.EndsWith(HostSuffix, StringComparison.Ordinal) ? environment.ApplicationName[..^HostSuffix.Length] : environment.ApplicationName;

    public IReadOnlyList<ResourceView> Resources =>
        [.. model.Resources.Select(resource => notifications.TryGetCurrentState(resource.Name, out var now) ? ViewOf(now) : null).OfType<ResourceView>()];

    public async IAsyncEnumerable<ResourceView> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return ViewOf(change);
        }
    }

    public IEnumerable<ConsoleLine> ConsoleOf(string resourceId, int after = 0) => logs.LinesOf(resourceId, after).Select(LineOf);

    public async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> WatchConsoleAsync(string resourceId, int after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var lines in logs.WatchAsync(resourceId, after).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return [.. lines.Select(LineOf)];
        }
    }

    public async Task<CommandOutcome> ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken)
    {
        var result = await commands.ExecuteCommandAsync(resourceId, command, cancellationToken).ConfigureAwait(false);
        return new CommandOutcome(result.Success, result.Canceled, result.Message);
    }

    public async Task<CommandOutcome> SetParameterAsync(string name, string value, bool keep, CancellationToken cancellationToken)
    {
        if (!model.Resources.TryGetByName(name, out var resource) || resource is not ParameterResource parameter)
        {
            return Refused($"There is no parameter '{name}'.");
        }

        if (value.Length == 0)
        {
            return Refused($"Parameter '{parameter.Name}' needs a value.");
        }

        if (!notifications.TryGetCurrentState(parameter.Name, out var now) || !now.Snapshot.State.Is(KnownResourceStates.ValueMissing))
        {
            return Refused($"Parameter '{parameter.Name}' has a value; another one needs a new start, because others have been given this one.");
        }

        if (keep && !UserSecrets.AreKept(options.Assembly))
        {
            return Refused($"Parameter '{parameter.Name}' cannot be kept: the AppHost has no user secrets. Run 'dotnet user-secrets init' in its folder first.");
        }

        parameter.Give(value);
        await ParameterState.ShowAsync(parameter, notifications, logger).ConfigureAwait(false);
        if (keep)
        {
            UserSecrets.Keep(options.Assembly, $"Parameters:{parameter.Name}", value);
        }

        var failed = model.Resources.Where(other => IsWaitingFor(other, parameter)).Select(other => other.Name).ToArray();
        return new CommandOutcome(IsSuccess: true, IsCanceled: false, failed.Length == 0
            ? $"Parameter '{parameter.Name}' has its value."
            : $"Parameter '{parameter.Name}' has its value. What could not be started may now be: {string.Join(", ", failed)}.");
    }

    private static CommandOutcome Refused(string reason) => new(IsSuccess: false, IsCanceled: false, reason);

    private bool IsWaitingFor(IResource resource, ParameterResource parameter) =>
        notifications.TryGetCurrentState(resource.Name, out var now)
        && now.Snapshot.State.Is(KnownResourceStates.FailedToStart)
        && now.Snapshot.Relationships.Any(other => other.ResourceName == parameter.Name);

    private ResourceView ViewOf(ResourceEvent now)
    {
        var snapshot = now.Snapshot;
        return new ResourceView(
            now.ResourceId,
            now.Resource.Name,
            snapshot.ResourceType,
            snapshot.State?.Text,
            snapshot.HealthStatus?.ToString(),
            snapshot.ExitCode,
            snapshot.CreationTimeStamp,
            snapshot.StartTimeStamp,
            snapshot.StopTimeStamp,
            SourceOf(snapshot),
            snapshot.IsHidden,
            [.. snapshot.Urls.Select(url => new UrlView(url.Name, url.Url, url.DisplayProperties.DisplayName is { Length: > 0 } text ? text : url.Url, url.DisplayProperties.SortOrder, url.IsInternal, url.IsInactive))],
            [.. snapshot.Commands.Where(command => command.State != ResourceCommandState.Hidden).Select(command => new CommandView(
                command.Name, command.DisplayName, command.DisplayDescription, command.ConfirmationMessage, command.IconName, command.State == ResourceCommandState.Enabled, command.IsHighlighted))],
            [.. snapshot.Properties.Select(property => new PropertyView(property.Name, TextOf(property.Value), property.IsSensitive))],
            // Nobody says which variables are secret. All are masked, as Aspire's dashboard does.
            [.. snapshot.EnvironmentVariables.Where(variable => variable.IsFromSpec).Select(variable => new PropertyView(variable.Name, variable.Value ?? "", IsSensitive: true))],
            [.. snapshot.HealthReports.Select(report => new HealthView(report.Name, report.Status?.ToString(), report.Description, report.ExceptionText, report.LastRunAt))],
            [.. snapshot.Relationships.Select(relationship => new RelationshipView(relationship.ResourceName, relationship.Type)).Distinct()])
        {
            Parameter = now.Resource is ParameterResource parameter
                ? new ParameterView(parameter.Description, parameter.Secret, snapshot.State.Is(KnownResourceStates.ValueMissing), UserSecrets.AreKept(options.Assembly))
                : null,
        };
    }

    private static string? SourceOf(CustomResourceSnapshot snapshot)
    {
        string? Text(string name) => snapshot.Properties.FirstOrDefault(property => property.Name == name)?.Value is { } value ? TextOf(value) : null;
        return Text("project.path") is { } project ? Path.GetFileName(project) : Text("container.image") ?? Text("executable.path");
    }

    private static string TextOf(object? value) => value switch
    {
        string text => text,
        System.Collections.IEnumerable many => string.Join(' ', many.Cast<object?>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    // "2026-11-22T08:00:00.0000000Z the line", as ResourceLoggerService keeps it.
    private static ConsoleLine LineOf(LogLine line)
    {
        var end = line.Content.IndexOf(' ', StringComparison.Ordinal);
        return end > 0 && DateTime.TryParse(line.Content.AsSpan(0, end), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
            ? new ConsoleLine(line.LineNumber, at, line.Content[(end + 1)..], line.IsErrorMessage)
            : new ConsoleLine(line.LineNumber, null, line.Content, line.IsErrorMessage);
    }
}
