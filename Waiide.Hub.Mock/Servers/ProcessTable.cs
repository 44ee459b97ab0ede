using System.Globalization;
using System.Text;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What /proc tells of processes. An id alone says nothing: ids are given again, so a process is known by its id and the moment of its start.</summary>
internal static class ProcessTable
{
    /// <summary>One living process.</summary>
    /// <param name="Started">In clock ticks since the machine's start (field 22 of /proc/[id]/stat).</param>
    internal sealed record Entry(int Id, int Parent, int Session, long Started);

    /// <summary>The living process of that id; null if there is none, or only its remains.</summary>
    public static Entry? Find(int id)
    {
        if (Read($"/proc/{id}/stat") is not { Length: > 0 } bytes)
        {
            return null;
        }

        // 4711 (a program's (name)) S 1 4711 4711 0 ...: state, parent, group, session, and 16 fields later the start.
        var text = Encoding.UTF8.GetString(bytes);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether the process was started with all of these variables (NAME=value).</summary>
    public static bool Carries(int id, params string[] variables)
    {
        var environ = Read($"/proc/{id}/environ") is { } bytes ? Encoding.UTF8.GetString(bytes).Split('\0') : [];
        return variables.All(environ.Contains);
    }

    /// <summary>Every process of a session, and every other one that carries all of these variables: what a server started, and what that started in sessions of its own.</summary>
    public static IReadOnlyList<Entry> Family(int session, params string[] variables) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let name = Path.GetFileName(folder)
           where name.All(char.IsAsciiDigit)
           let entry = Find(int.Parse(name, CultureInfo.InvariantCulture))
           where entry is not null && entry.Id != Environment.ProcessId && (entry.Session == session || Carries(entry.Id, variables))
           select entry,
    ];

    private static byte[]? Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // It ended meanwhile, or is somebody else's.
        }
    }
}
