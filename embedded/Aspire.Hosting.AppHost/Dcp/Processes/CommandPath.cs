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

        var here = Path.GetFullPath(spec.WorkingDirectory);
        var isPath = spec.Command.Contains('/', StringComparison.Ordinal);
        var searchPath = spec.Environment.GetValueOrDefault("PATH") ?? DefaultSearchPath;
        string[] folders = isPath ? [here] : searchPath.Split(':');
        var candidates = folders.Select(folder => Path.GetFullPath(Path.Combine(folder, spec.Command), here)).ToArray();

        if (candidates.FirstOrDefault(IsExecutable) is { } found)
        {
            return found;
        }

        if (candidates.FirstOrDefault(Path.Exists) is { } unsuitable)
        {
            throw new ProcessStartException($"'{unsuitable}', the command of '{spec.ResourceId}', is not an executable file.");
        }

        throw new ProcessStartException(isPath
            ? $"The command of '{spec.ResourceId}' does not exist: '{candidates[0]}'."
            : $"The command '{spec.Command}' of '{spec.ResourceId}' was not found on its PATH ({searchPath}).");
    }

    public static bool IsExecutable(string path) => File.Exists(path) && Posix.MayExecute(path);
}
