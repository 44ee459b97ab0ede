namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states that mean something to everybody; a resource of its own kind may show others.</summary>
public static class KnownResourceStates
{
    /// <summary>It is being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>What it runs is being built.</summary>
    public static readonly string Building = nameof(Building);

    /// <summary>It runs.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>It could not be started.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>What runs it (such as a container engine) does not work.</summary>
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);

    /// <summary>It is being stopped.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>A container has ended.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>A process has ended.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>It waits for other resources.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>It waits for somebody to start it.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>A parameter has no value.</summary>
    public static readonly string ValueMissing = nameof(ValueMissing);

    /// <summary>The states that end a run.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];

    /// <summary>States are compared without regard to case.</summary>
    internal static bool Is(this ResourceStateSnapshot? state, string text) => string.Equals(state?.Text, text, StringComparison.OrdinalIgnoreCase);

    internal static bool IsTerminal(this ResourceStateSnapshot? state) => TerminalStates.Any(terminal => state.Is(terminal));
}
