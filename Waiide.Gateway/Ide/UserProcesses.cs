using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>Tells the person's processes of a run from the IDE server's own.</summary>
internal static class UserProcesses
{
    internal static UserWork Work(IServiceProvider services)
    {
        var (home, state) = (services.GetRequiredService<IdeHome>(), services.GetRequiredService<IdeState>());
        var isOurs = services.GetRequiredService<GatewayOptions>().IdeUrl is null;
        return new UserWork(() => state.Now.Status == IdeStatus.Starting, () => isOurs ? Total(home.Measure()) : null);
    }

    /// <summary>
    /// What has a terminal; kernels of notebooks, with what they start; and what has left the IDE server's family, such as a job that was started by setsid.
    /// What is left is the IDE: its server, its extension hosts and watchers, and what these start.
    /// </summary>
    internal static IReadOnlyList<ProcessUse> Of(IReadOnlyList<ProcessUse> run, int gateway, Func<ProcessUse, bool> isKernel)
    {
        var byId = run.ToDictionary(process => process.Id);
        var server = run.Where(process => process.Parent == gateway).MinBy(process => process.Started);
        return [.. run.Where(IsTheUsers)];

        bool IsTheUsers(ProcessUse process)
        {
            for (var one = process; ; one = byId[one.Parent])
            {
                if (one == server)
                {
                    return false;
                }

                // A parent outside of the run: its own is gone, and nobody of the IDE has it any more.
                if (one.Terminal != 0 || isKernel(one) || !byId.ContainsKey(one.Parent))
                {
                    return true;
                }
            }
        }
    }

    /// <summary>What is below an extension host, without a terminal of its own: test runs, builds, agents and language servers.</summary>
    internal static IReadOnlyList<ProcessUse> OfExtensions(IReadOnlyList<ProcessUse> run, Func<ProcessUse, bool> isExtensionHost)
    {
        var hosts = run.Where(isExtensionHost).ToHashSet();
        return [.. hosts.SelectMany(host => Family(host, run)).Except(hosts)];
    }

    /// <summary>One process with everything below it.</summary>
    internal static IReadOnlyList<ProcessUse> Family(ProcessUse head, IReadOnlyList<ProcessUse> run)
    {
        var family = new List<ProcessUse> { head };
        for (var next = 0; next < family.Count; next++)
        {
            family.AddRange(run.Where(process => process.Parent == family[next].Id));
        }

        return family;
    }

    /// <summary>Whether anything of the person's runs below an extension host, such as the kernel of a notebook, which would end with it.</summary>
    internal static bool AreBelow(ProcessUse host, IReadOnlyList<ProcessUse> run) => AreBelow(host, run, IsKernel);

    internal static bool AreBelow(ProcessUse host, IReadOnlyList<ProcessUse> run, Func<ProcessUse, bool> isKernel) =>
        Family(host, run).Any(process => process.Terminal != 0 || isKernel(process));

    private static WorkTotal Total(IReadOnlyList<ProcessUse> run)
    {
        var own = Of(run, Environment.ProcessId, IsKernel);
        var hosts = run.Where(process => VsCodeProcess.TypeOf(process.Id) == VsCodeProcess.ExtensionHost).ToHashSet();

        // A child's use goes over to its parent when it ends, so that a build of a thousand short compilers adds up. Of an extension host that is all that counts: its own is VS Code's.
        return new WorkTotal(
            Sum(own, process => process.Cpu + process.EndedChildrenCpu),
            own.Sum(process => Written(process.Id)),
            Sum(OfExtensions(run, hosts.Contains).Except(own), process => process.Cpu + process.EndedChildrenCpu) + Sum(hosts, process => process.EndedChildrenCpu));
    }

    private static TimeSpan Sum(IEnumerable<ProcessUse> processes, Func<ProcessUse, TimeSpan> use) => processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + use(process));

    // "python -m ipykernel_launcher --f=/…/kernel-v2-4711.json": every Jupyter kernel is told so where to connect.
    private static bool IsKernel(ProcessUse process) =>
        Read(process.Id, "cmdline").Split('\0').Any(argument => argument.Contains("kernel-", StringComparison.Ordinal) && argument.EndsWith(".json", StringComparison.Ordinal));

    // "wchar: 4711", a line of proc_pid_io(5), counts the bytes of every write(2).
    private static long Written(int id)
    {
        var line = Read(id, "io").Split('\n').FirstOrDefault(line => line.StartsWith("wchar: ", StringComparison.Ordinal));
        return long.TryParse(line?["wchar: ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/{file}"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended meanwhile.
        }
    }
}
