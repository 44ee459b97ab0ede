using System.Globalization;
using System.Text;

namespace Waiide.Tests.Support;

/// <summary>What /proc says of the processes that carry a variable in their environment, wherever they moved in the process tree.</summary>
internal static class Processes
{
    internal sealed record Found(int Id, string CommandLine);

    /// <summary>All living processes whose environment at start had every one of <paramref name="variables"/> (NAME=value).</summary>
    public static IReadOnlyList<Found> With(params string[] variables) =>
        [.. All().Where(process => Read(process.Id, "environ") is { } environment && !variables.Except(Lines(environment).Select(Encoding.UTF8.GetString)).Any())];

    /// <summary>Every living process of the machine; zombies have an empty command line.</summary>
    public static IEnumerable<Found> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where name.All(char.IsAsciiDigit)
        let id = int.Parse(name, CultureInfo.InvariantCulture)
        select new Found(id, Encoding.UTF8.GetString(Read(id, "cmdline") ?? []).Replace('\0', ' ').Trim());

    /// <summary>One process of those, by a part of its command line.</summary>
    public static Found Single(string variable, string commandLinePart) =>
        Assert.Single(With(variable), process => process.CommandLine.Contains(commandLinePart, StringComparison.Ordinal));

    /// <summary>The working directory of a process; null when it has ended or is somebody else's.</summary>
    public static string? FolderOf(int id)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{id}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The largest resident size that the process ever had, in bytes (VmHWM).</summary>
    public static long PeakMemory(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static byte[]? Read(int id, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It ended while we looked, or it is somebody else's.
        }
    }

    private static IEnumerable<byte[]> Lines(byte[] environment)
    {
        var start = 0;
        for (var end = 0; end < environment.Length; end++)
        {
            if (environment[end] == 0)
            {
                yield return environment[start..end];
                start = end + 1;
            }
        }
    }
}
