using System.Text;

namespace Waiide.Gateway.Ide;

/// <summary>The Unix socket that a supervised IDE listens on: in a directory that only this user can enter.</summary>
internal static class SocketFile
{
    // sockaddr_un.sun_path has 108 bytes, the last of which is a zero.
    private const int LongestPath = 107;
    private const UnixFileMode OnlyMe = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>In the data directory; where that makes too long a path, in a directory of the run's own under XDG_RUNTIME_DIR or the system's temporary folder.</summary>
    internal static string PathFor(string dataDirectory, string? runtimeDirectory, string mark)
    {
        string[] places =
        [
            Path.Combine(dataDirectory, "run"),
            .. string.IsNullOrEmpty(runtimeDirectory) ? [] : new[] { OfRun(runtimeDirectory) },
            OfRun("/tmp"),
        ];
        return places.Select(place => Path.Combine(place, "ide.sock")).First(path => Encoding.UTF8.GetByteCount(path) <= LongestPath);

        string OfRun(string parent) => Path.Combine(parent, "waiide-" + mark[..12]);
    }

    /// <summary>Makes the directory and removes what a server that was killed left there.</summary>
    internal static void Prepare(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory, OnlyMe);
        File.SetUnixFileMode(directory, OnlyMe);
        File.Delete(path);
    }

    /// <summary>Removes the socket, and the directory where nothing else is in it: the folder of the data directory may hold something of the user's.</summary>
    internal static void Remove(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            return;
        }

        File.Delete(path);
        if (!Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
