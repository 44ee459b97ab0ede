using System.Globalization;

namespace Waiide.Gateway.Doctor;

/// <summary>Which process listens on a port, as /proc says: whether it is this user's, and its name where that can be seen.</summary>
internal sealed record PortOwner(bool IsThisUser, string Name)
{
    private const string Listening = "0A";

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Who listens on <paramref name="port"/> of this machine or container.</summary>
    internal static PortOwner Of(int port)
    {
        var user = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2];
        var sockets = Tables.Where(File.Exists).SelectMany(File.ReadLines).Select(line => Parse(line, port)).OfType<(string User, string Target)>().ToArray();
        return new PortOwner(sockets.Length > 0 && sockets.All(socket => socket.User == user), Program([.. sockets.Select(socket => socket.Target)]) ?? "another program");
    }

    //   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:1F86 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 123456 1 …
    private static (string User, string Target)? Parse(string line, int port) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, Listening, _, _, _, var user, _, var inode, ..]
        && int.Parse(local.Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port
            ? (user, $"socket:[{inode}]")
            : null;

    // Its name only: a command line may have secrets.
    private static string? Program(HashSet<string> sockets)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target)))
                {
                    return $"{File.ReadAllText(Path.Combine(process, "comm")).Trim()} (process {Path.GetFileName(process)})";
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is not ours to see.
            }
        }

        return null;
    }
}
