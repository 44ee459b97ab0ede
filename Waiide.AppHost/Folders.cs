namespace Waiide.AppHost;

/// <summary>Makes the folders that the topology works in, and keeps a second run out of this one's data.</summary>
internal static class Folders
{
    // Held open as long as the process lives.
    private static FileStream? _lock;

    public static void Prepare(Settings settings, List<string> mistakes)
    {
        try
        {
            Directory.CreateDirectory(settings.Workspace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"The workspace {settings.Workspace} cannot be used: {exception.Message} Set WAIIDE_WORKSPACE to a folder that you may write to.");
        }

        try
        {
            Directory.CreateDirectory(settings.DataDirectory);
            if (!OperatingSystem.IsWindows())
            {
                // Keys and the IDE's state: nobody else's business.
                File.SetUnixFileMode(settings.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"The data directory {settings.DataDirectory} cannot be used: {exception.Message} Set WAIIDE_DATA_DIR to a folder that you may write to.");
        }
    }

    /// <summary>Two IDE servers on one data directory would damage each other's state, so a second run is refused.</summary>
    public static void Lock(Settings settings, List<string> mistakes)
    {
        try
        {
            _lock ??= new FileStream(Path.Combine(settings.DataDirectory, "apphost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"Another run uses the data directory {settings.DataDirectory}. End it, or give this one a directory of its own: --WAIIDE_DATA_DIR=/path");
        }
    }
}
