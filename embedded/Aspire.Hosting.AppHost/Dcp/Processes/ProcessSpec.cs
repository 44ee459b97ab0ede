namespace Aspire.Hosting.Dcp.Processes;

/// <summary>What to start: <paramref name="Environment"/> is all that the child gets, and <paramref name="OnLine"/> hears each line of output (true: standard error), one stream beside the other.</summary>
internal sealed record ProcessSpec(
    string ResourceId,
    string Command,
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment,
    Action<string, bool> OnLine);
