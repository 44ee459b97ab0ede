using System.Globalization;
using System.Runtime.CompilerServices;
using Aspire.Dashboard.Application;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>The application as the dashboard sees it.</summary>
internal sealed class ApplicationView(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceCommandService commands,
    IHostEnvironment environment) : IApplication
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

    public IReadOnlyList<ConsoleLine> ConsoleOf(string resourceId) => [.. logs.LinesOf(resourceId).Select(LineOf)];

    public async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> WatchConsoleAsync(string resourceId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var lines in logs.WatchAsync(resourceId).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return [.. lines.Select(LineOf)];
        }
    }

    public async Task<CommandOutcome> ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken)
    {
        var result = await commands.ExecuteCommandAsync(resourceId, command, cancellationToken).ConfigureAwait(false);
        return new CommandOutcome(result.Success, result.Canceled, result.Message);
    }

    public Task<CommandOutcome> SetParameterAsync(string name, string value, bool keep, CancellationToken cancellationToken) =>
        Task.FromResult(new CommandOutcome(IsSuccess: false, IsCanceled: false, $"Set it with --Parameters:{name}=..., and start again."));

    private static ResourceView ViewOf(ResourceEvent now)
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
            [.. snapshot.Relationships.Select(relationship => new RelationshipView(relationship.ResourceName, relationship.Type))]);
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
