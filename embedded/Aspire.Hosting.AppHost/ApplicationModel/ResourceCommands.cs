using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The names of the commands that every project and executable has.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts the resource.</summary>
    public static readonly string StartCommand = "start";

    /// <summary>Stops the resource.</summary>
    public static readonly string StopCommand = "stop";

    /// <summary>Stops and starts the resource.</summary>
    public static readonly string RestartCommand = "restart";
}

/// <summary>How a command ended.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it did what it is for.</summary>
    public required bool Success { get; init; }

    /// <summary>Whether it was given up.</summary>
    public bool Canceled { get; init; }

    /// <summary>What to tell the person who asked for it.</summary>
    public string? Message { get; init; }
}

/// <summary>The usual results of a command.</summary>
public static class CommandResults
{
    /// <summary>It worked.</summary>
    public static ExecuteCommandResult Success() => new() { Success = true };

    /// <summary>It worked, and there is something to tell.</summary>
    public static ExecuteCommandResult Success(string message) => new() { Success = true, Message = message };

    /// <summary>It failed.</summary>
    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, Message = errorMessage };

    /// <summary>It failed with an exception.</summary>
    public static ExecuteCommandResult Failure(Exception exception) => Failure(exception.Message);

    /// <summary>It was given up.</summary>
    public static ExecuteCommandResult Canceled() => new() { Success = false, Canceled = true };
}

/// <summary>What a command is given.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>The application's services.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The id of the resource that the command was asked for.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Ends when the command is given up.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>The resource's log.</summary>
    public required ILogger Logger { get; init; }
}

/// <summary>What a command is given to decide whether it can be used.</summary>
public sealed class UpdateCommandStateContext
{
    /// <summary>The resource as it is now.</summary>
    public required CustomResourceSnapshot ResourceSnapshot { get; init; }

    /// <summary>The application's services.</summary>
    public required IServiceProvider ServiceProvider { get; init; }
}

/// <summary>How a command is shown and when it can be used.</summary>
public class CommandOptions
{
    /// <summary>What it does.</summary>
    public string? Description { get; set; }

    /// <summary>What to ask before it is done.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>Its icon.</summary>
    public string? IconName { get; set; }

    /// <summary>The icon's variant.</summary>
    public IconVariant? IconVariant { get; set; }

    /// <summary>Whether it is shown in the list, not only in the menu.</summary>
    public bool IsHighlighted { get; set; }

    /// <summary>Decides whether it can be used; without it, it always can.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}

/// <summary>A command that is an HTTP request to the resource.</summary>
public class HttpCommandOptions : CommandOptions
{
    /// <summary>The method; POST when not set.</summary>
    public HttpMethod? Method { get; set; }

    /// <summary>Completes the request, such as with credentials.</summary>
    public Func<HttpCommandRequestContext, Task>? PrepareRequest { get; set; }
}

/// <summary>A request that is about to be sent by a command.</summary>
public sealed class HttpCommandRequestContext
{
    /// <summary>The application's services.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The id of the resource.</summary>
    public required string ResourceName { get; init; }

    /// <summary>The endpoint that the request goes to.</summary>
    public required EndpointReference Endpoint { get; init; }

    /// <summary>The client that sends it.</summary>
    public required HttpClient HttpClient { get; init; }

    /// <summary>The request.</summary>
    public required HttpRequestMessage Request { get; init; }

    /// <summary>Ends when the command is given up.</summary>
    public required CancellationToken CancellationToken { get; init; }
}

/// <summary>A command of a resource.</summary>
public sealed class ResourceCommandAnnotation : IResourceAnnotation
{
    /// <summary>Describes a command.</summary>
    public ResourceCommandAnnotation(
        string name,
        string displayName,
        Func<UpdateCommandStateContext, ResourceCommandState> updateState,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        string? displayDescription,
        object? parameter,
        string? confirmationMessage,
        string? iconName,
        IconVariant? iconVariant,
        bool isHighlighted)
    {
        Name = name;
        DisplayName = displayName;
        UpdateState = updateState;
        ExecuteCommand = executeCommand;
        DisplayDescription = displayDescription;
        Parameter = parameter;
        ConfirmationMessage = confirmationMessage;
        IconName = iconName;
        IconVariant = iconVariant;
        IsHighlighted = isHighlighted;
    }

    /// <summary>The name, unique within the resource.</summary>
    public string Name { get; }

    /// <summary>The name that is shown.</summary>
    public string DisplayName { get; }

    /// <summary>Decides whether it can be used.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState { get; }

    /// <summary>Does it.</summary>
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; }

    /// <summary>What it does.</summary>
    public string? DisplayDescription { get; }

    /// <summary>A value that belongs to it.</summary>
    public object? Parameter { get; }

    /// <summary>What to ask before it is done.</summary>
    public string? ConfirmationMessage { get; }

    /// <summary>Its icon.</summary>
    public string? IconName { get; }

    /// <summary>The icon's variant.</summary>
    public IconVariant? IconVariant { get; }

    /// <summary>Whether it is shown in the list.</summary>
    public bool IsHighlighted { get; }
}
