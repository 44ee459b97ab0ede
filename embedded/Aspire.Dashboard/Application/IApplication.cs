namespace Aspire.Dashboard.Application;

/// <summary>The application that a dashboard shows. The engine implements it, so that the dashboard knows no engine; without one there is telemetry only.</summary>
internal interface IApplication
{
    /// <summary>The application's name, for titles.</summary>
    string Name { get; }

    /// <summary>Every resource as it is now, hidden ones too, in the order of the application's description.</summary>
    IReadOnlyList<ResourceView> Resources { get; }

    /// <summary>Every resource as it is now, then each change, until cancelled.</summary>
    IAsyncEnumerable<ResourceView> WatchAsync(CancellationToken cancellationToken);

    /// <summary>The kept console lines of the resource with this id from the one after number <paramref name="after"/>, oldest first, each made when it is asked for: there may be many megabytes.</summary>
    IEnumerable<ConsoleLine> ConsoleOf(string resourceId, int after = 0);

    /// <summary>The kept console lines from the one after number <paramref name="after"/>, then what follows, in batches of some hundred, until cancelled. Who reads slowly costs nothing, and misses what is no longer kept.</summary>
    IAsyncEnumerable<IReadOnlyList<ConsoleLine>> WatchConsoleAsync(string resourceId, int after, CancellationToken cancellationToken);

    /// <summary>Executes a command of the resource with this id; returns when it is done.</summary>
    Task<CommandOutcome> ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken);

    /// <summary>Gives a parameter that is missing its value; what failed for want of it may then be started. <paramref name="keep"/>: also in the AppHost's user secrets.</summary>
    Task<CommandOutcome> SetParameterAsync(string name, string value, bool keep, CancellationToken cancellationToken);
}

/// <summary>A resource at one moment.</summary>
/// <param name="Id">The name of the running thing, such as gateway-hbkqzwxc; telemetry carries its suffix as service.instance.id.</param>
/// <param name="Name">The name in the application's description.</param>
/// <param name="Type">Project, Executable, Container, Parameter or a name of its own.</param>
/// <param name="State">Such as Running; null before the first one.</param>
/// <param name="Health">Healthy, Degraded or Unhealthy; null when it does not run.</param>
/// <param name="Source">What runs: a project file, a command, an image.</param>
/// <param name="DependsOn">What it waits for, refers to or belongs to.</param>
internal sealed record ResourceView(
    string Id,
    string Name,
    string Type,
    string? State,
    string? Health,
    int? ExitCode,
    DateTime? CreatedAt,
    DateTime? StartedAt,
    DateTime? StoppedAt,
    string? Source,
    bool IsHidden,
    IReadOnlyList<UrlView> Urls,
    IReadOnlyList<CommandView> Commands,
    IReadOnlyList<PropertyView> Properties,
    IReadOnlyList<PropertyView> Environment,
    IReadOnlyList<HealthView> HealthReports,
    IReadOnlyList<RelationshipView> DependsOn)
{
    /// <summary>What is asked for where this is a parameter.</summary>
    public ParameterView? Parameter { get; init; }
}

/// <summary>A value that comes from outside.</summary>
/// <param name="Description">What it is for.</param>
/// <param name="IsSecret">Whether it must not be shown while it is entered.</param>
/// <param name="IsMissing">Whether nobody has given it yet.</param>
/// <param name="CanBeKept">Whether the AppHost has user secrets to keep it in.</param>
internal sealed record ParameterView(string? Description, bool IsSecret, bool IsMissing, bool CanBeKept);

/// <summary>A link to a resource; inactive: nobody would answer now. Internal: for the application's own use.</summary>
internal sealed record UrlView(string? Endpoint, string Url, string Text, int Order, bool IsInternal, bool IsInactive);

/// <summary>Something that can be done with a resource. Only commands that are shown are here.</summary>
internal sealed record CommandView(string Name, string Text, string? Description, string? Confirmation, string? Icon, bool IsEnabled, bool IsHighlighted);

/// <summary>A named value. Sensitive ones are shown only when somebody asks for one of them.</summary>
internal sealed record PropertyView(string Name, string Value, bool IsSensitive);

/// <summary>The last result of a health check; no status before its first run.</summary>
internal sealed record HealthView(string Name, string? Status, string? Description, string? Error, DateTime? LastRunAt);

/// <summary>Another resource, by name, and what this one has to do with it: Reference, WaitFor, Parent.</summary>
internal sealed record RelationshipView(string Resource, string Type);

/// <summary>A line of a resource's console, ANSI codes and all.</summary>
internal readonly record struct ConsoleLine(int Number, DateTime? At, string Text, bool IsError);

/// <summary>How a command ended, and what to tell the person.</summary>
internal sealed record CommandOutcome(bool IsSuccess, bool IsCanceled, string? Message);
