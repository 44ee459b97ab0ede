using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>What one process uses of the machine, at one moment.</summary>
/// <param name="Name">The name of its program, at most 15 bytes (comm).</param>
/// <param name="Group">Its process group; a shell gives one to each job.</param>
/// <param name="Terminal">The number of its controlling terminal; 0: it has none.</param>
/// <param name="ResidentBytes">Memory that it holds now, shared pages included.</param>
/// <param name="Cpu">Processor time since it started, of its own.</param>
/// <param name="EndedChildrenCpu">Processor time of its children that have ended, and of theirs.</param>
/// <param name="Started">Ticks after boot: together with the id it names a process for good.</param>
internal sealed record ProcessUse(int Id, string Name, int Parent, int Group, int Terminal, long ResidentBytes, TimeSpan Cpu, TimeSpan EndedChildrenCpu, long Started)
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const int TicksPerSecond = 100;

    /// <summary>Null where it has ended meanwhile.</summary>
    internal static ProcessUse? Of(int id)
    {
        try
        {
            return Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat")));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // "4711 (node) S 1 4711 4711 34816 ..." (proc_pid_stat(5)): the name, in parentheses, may hold anything; the fields after it are counted from 3.
    internal static ProcessUse Parse(string stat)
    {
        var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
        var fields = stat[(close + 2)..].Split(' ');
        return new ProcessUse(
            (int)Field(stat[..open].Trim()),
            stat[(open + 1)..close],
            Parent: (int)Field(fields[4 - 3]),
            Group: (int)Field(fields[5 - 3]),
            Terminal: (int)Field(fields[7 - 3]),
            ResidentBytes: Field(fields[24 - 3]) * Environment.SystemPageSize,
            Cpu: Time(fields[14 - 3], fields[15 - 3]),
            EndedChildrenCpu: Time(fields[16 - 3], fields[17 - 3]),
            Started: Field(fields[22 - 3]));
    }

    private static TimeSpan Time(string user, string system) => TimeSpan.FromSeconds((double)(Field(user) + Field(system)) / TicksPerSecond);

    private static long Field(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
