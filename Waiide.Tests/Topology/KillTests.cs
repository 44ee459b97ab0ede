using System.Diagnostics;
using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>However a run ends, within ten seconds nothing of it is left.</summary>
[Collection("kills")]
public sealed class KillTests(Chromium chromium) : BrowserTests(chromium)
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    [SkippableFact]
    public Task Ctrl_C_ends_everything() => NothingIsLeftAfter(run => Kill("-INT", -run.OuterId));

    [SkippableFact]
    public Task Kill_9_of_the_AppHost_leaves_nothing() => NothingIsLeftAfter(run => Kill("-KILL", run.AppHostId));

    [SkippableFact]
    public Task Kill_9_of_the_outer_dotnet_run_leaves_nothing() => NothingIsLeftAfter(run => Kill("-KILL", run.OuterId));

    [SkippableFact]
    public Task SIGHUP_to_the_process_group_of_the_terminal_leaves_nothing() => NothingIsLeftAfter(run => Kill("-HUP", -run.OuterId));

    private async Task NothingIsLeftAfter(Action<AppHostRun> kill)
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        await using var run = AppHostRun.Start("--Waiide:Mode=standalone");
        await run.IsReady();
        var workbench = await OpenIde(run);
        await workbench.OpenTerminal();
        await workbench.RunInTerminal("nohup sleep 1000 & echo started", Path.Combine(run.Workspace, "started.txt"));
        await Eventually.Is(() => run.AllProcesses.Any(process => process.CommandLine == "sleep 1000"), "the terminal's job runs");

        kill(run);

        await run.LeavesNothing(TenSeconds);
    }

    private async Task<Workbench> OpenIde(AppHostRun run)
    {
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(run.Link);
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        return workbench;
    }

    private static void Kill(string signal, int process) =>
        Process.Start("kill", [signal, "--", process.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
}

// Alone on the machine: what is measured is how fast a run ends, not how busy other tests keep the processors.
[CollectionDefinition("kills", DisableParallelization = true)]
public sealed class KillCollection;
