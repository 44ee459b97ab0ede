using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Waiide.Gateway.Ide;

/// <summary>What the command line and the open sockets of a process of VS Code tell about it.</summary>
internal static partial class VsCodeProcess
{
    internal const string ExtensionHost = "extensionHost";

    /// <summary>VS Code's own word for a part of itself, such as "extensionHost" or "fileWatcher", or "server"; null for everything else.</summary>
    internal static string? TypeOf(int id)
    {
        // "node\0…/out/bootstrap-fork\0--type=extensionHost\0--transformURIs\0"
        var arguments = Read(id, "cmdline");
        var script = Array.FindIndex(arguments, argument => argument.EndsWith("/out/bootstrap-fork", StringComparison.Ordinal));
        if (script < 0)
        {
            return arguments.Any(argument => argument.EndsWith("/code-server/out/node/entry", StringComparison.Ordinal) || argument.EndsWith("/code-server/out/node/entry.js", StringComparison.Ordinal)) ? "server" : null;
        }

        return script + 1 < arguments.Length && Type().Match(arguments[script + 1]) is { Success: true } match ? match.Groups[1].Value : null;
    }

    /// <summary>
    /// Whether an extension host serves somebody now. VS Code's server hands the connection of the browser over to it, so that it holds, itself, a connected socket of the server's
    /// own listener, and closes that when the browser goes. Null where that cannot be known.
    /// </summary>
    internal static bool? HasClient(int id, IReadOnlySet<string> connections)
    {
        // Without this the server keeps the connection and relays it; it is so on Linux, but it is for VS Code to decide.
        if (!Read(id, "environ").Contains("VSCODE_EXTHOST_WILL_SEND_SOCKET=1"))
        {
            return null;
        }

        try
        {
            return Directory.EnumerateFiles(InProc(id, "fd")).Any(file => new FileInfo(file).LinkTarget is { } target && connections.Contains(target));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended meanwhile.
        }
    }

    /// <summary>The connections that the IDE server's listener has accepted, as "socket:[2669719]"; null where the kernel does not tell.</summary>
    internal static IReadOnlySet<string>? ConnectionsOf(IdeAddress.Place place)
    {
        try
        {
            return place.Socket is { } socket
                ? UnixConnections(File.ReadLines("/proc/net/unix"), socket)
                : File.ReadLines("/proc/net/tcp").Concat(File.Exists("/proc/net/tcp6") ? File.ReadLines("/proc/net/tcp6") : []).ToList() is var lines
                    ? TcpConnections(lines, place.Url.Port)
                    : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // "0000000000000000: 00000003 00000000 00000000 0001 03 2669719 /data/run/ide.sock": state 03 is connected, and the accepted end carries the listener's path.
    internal static IReadOnlySet<string> UnixConnections(IEnumerable<string> lines, string path) =>
        lines.Where(line => line.EndsWith(path, StringComparison.Ordinal)).Select(line => line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length == 8 && fields[5] == "03" && fields[7] == path)
            .Select(fields => $"socket:[{fields[6]}]").ToHashSet();

    // "   1: 0100007F:1F87 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 2669719 …": state 01 is established; ports are hexadecimal.
    internal static IReadOnlySet<string> TcpConnections(IEnumerable<string> lines, int port)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == "01" && fields[1].EndsWith(end, StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]").ToHashSet();
    }

    private static string[] Read(int id, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(InProc(id, file))).Split('\0');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return []; // It has ended meanwhile.
        }
    }

    private static string InProc(int id, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/{file}");

    [GeneratedRegex(@"^--type=([A-Za-z]{1,40})\z")]
    private static partial Regex Type();
}
