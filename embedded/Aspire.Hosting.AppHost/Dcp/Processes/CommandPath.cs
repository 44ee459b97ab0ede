namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Finds the file behind a command before anything is started, so that a mistake is a sentence and not an exit code.</summary>
internal static class CommandPath
{
    // What a shell falls back to.
    private const string DefaultSearchPath = "/usr/local/bin:/usr/bin:/bin";

    public static string Resolve(ProcessSpec spec)
    {
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw new ProcessStartException($"The working folder '{spec.WorkingDirectory}' of '{spec.ResourceId}' does not exist.");
        }

        var searchPath = spec.Environment.GetValueOrDefault("PATH") ?? DefaultSearchPath;
        string[] candidates = spec.Command.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(spec.Command, spec.WorkingDirectory)]
            : [.. searchPath.Split(':').Select(folder => Path.GetFullPath(Path.Combine(folder, spec.Command), Path.GetFullPath(spec.WorkingDirectory)))];

        if (candidates.FirstOrDefault(IsExecutable) is { } found)
        {
            return found;
        }

        if (candidates.FirstOrDefault(Path.Exists) is { } unsuitable)
        {
            throw new ProcessStartException($"'{unsuitable}', the command of '{spec.ResourceId}', is not an executable file.");
        }

        throw new ProcessStartException(candidates is [var only] && spec.Command.Contains('/', StringComparison.Ordinal)
            ? $"The command of '{spec.ResourceId}' does not exist: '{only}'."
            : $"The command '{spec.Command}' of '{spec.ResourceId}' was not found on its PATH ({searchPath}).");
    }

    public static bool IsExecutable(string path) => File.Exists(path) && Posix.MayExecute(path);
}
