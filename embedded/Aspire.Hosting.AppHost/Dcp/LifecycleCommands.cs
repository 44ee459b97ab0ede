using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>The commands that every project, executable and container has: start, stop and restart.</summary>
internal static class LifecycleCommands
{
    public static void Add(IResource resource, Func<ResourceExecutor> executor)
    {
        Add(KnownResourceCommands.StartCommand, "Start", "started", StartState, (run, cancellationToken) => run.StartAsync(cancellationToken));
        Add(KnownResourceCommands.StopCommand, "Stop", "stopped", StopState, async (run, cancellationToken) =>
        {
            await run.StopAsync(cancellationToken).ConfigureAwait(false);
            return null;
        });
        // Starting a resource that runs ends it first.
        Add(KnownResourceCommands.RestartCommand, "Restart", "restarted", RestartState, (run, cancellationToken) => run.StartAsync(cancellationToken));

        void Add(string name, string displayName, string done, Func<CustomResourceSnapshot, ResourceCommandState> state, Func<ResourceExecutor, CancellationToken, Task<string?>> execute) =>
            resource.Annotations.Add(new ResourceCommandAnnotation(
                name,
                displayName,
                context => state(context.ResourceSnapshot),
                async context => await execute(executor(), context.CancellationToken).ConfigureAwait(false) is { } failure
                    ? CommandResults.Failure(failure)
                    : CommandResults.Success($"Successfully {done} '{resource.Name}'."),
                displayDescription: null,
                parameter: null,
                confirmationMessage: null,
                iconName: null,
                iconVariant: null,
                isHighlighted: name != KnownResourceCommands.RestartCommand));
    }

    private static ResourceCommandState StartState(CustomResourceSnapshot snapshot) => snapshot.State switch
    {
        null or { Text: "" } => ResourceCommandState.Disabled,
        var state when state.Is(KnownResourceStates.Starting) || state.Is(KnownResourceStates.Building) => ResourceCommandState.Disabled,
        var state when state.IsTerminal() || state.Is(KnownResourceStates.NotStarted) || state.Is(KnownResourceStates.Waiting) || state.Is("Unknown") => ResourceCommandState.Enabled,
        _ => ResourceCommandState.Hidden,
    };

    private static ResourceCommandState StopState(CustomResourceSnapshot snapshot) =>
        snapshot.State.Is(KnownResourceStates.Running) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden;

    private static ResourceCommandState RestartState(CustomResourceSnapshot snapshot) =>
        snapshot.State.Is(KnownResourceStates.Running) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
}
