using System.Text.RegularExpressions;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Tests.Processes;

public sealed class GuardTests
{
    private const int SigHup = 1;
    private const int SigInt = 2;

    // A server with a child, and a terminal: a session of its own with a command that ignores the hangup.
    private const string Server = "sleep 1000 & echo child $!; setsid sh -c 'nohup sleep 1000 & echo terminal $!; wait' & wait";

    private const string Stubborn = "trap '' TERM HUP INT; echo stubborn $$; while :; do sleep 1; done";

    // The promise is 10 s; a machine under load gets some more before a test calls it broken.
    private const int Promise = 15;

    [Fact]
    public async Task A_killed_owner_takes_everything_with_it_and_the_guard_leaves_last()
    {
        using var owner = OwnerProcess.Start(Server, Stubborn);
        var processes = await ProcessesAsync(owner);
        var guard = Guard(processes[0]);
        Posix.Signal(guard, SigHup);
        Posix.Signal(guard, SigInt);
        Posix.Signal(guard, Posix.SigTerm);

        owner.Signal(Posix.SigKill);

        await Eventually.Is(() => owner.OutputEnded.IsCompleted, "nobody holds the owner's output", Promise);
        await Eventually.Is(() => !processes.Append(guard).Any(Shell.IsAlive), "nothing is left of the run", Promise);
    }

    [Fact]
    public async Task A_killed_guard_is_replaced_and_its_successor_knows_what_runs()
    {
        using var owner = OwnerProcess.Start("exec env -i sh -c 'echo child $$; sleep 1000; :'", Server.Replace("child", "other", StringComparison.Ordinal));
        int[] processes = [await owner.NumberAfter("child"), await owner.NumberAfter("other")];
        var first = Guard(processes[1]);
        Posix.Signal(first, Posix.SigKill);
        await Eventually.Is(() => owner.Output.Contains("another has taken its place", StringComparison.Ordinal), "another guard");
        Assert.NotEqual(first, Guard(processes[1]));

        owner.Signal(Posix.SigKill);

        await Eventually.Is(() => !processes.Any(Shell.IsAlive), "nothing is left of the run", Promise);
    }

    [Fact]
    public async Task The_guard_of_a_run_that_ended_in_good_order_is_gone()
    {
        await using var shell = new Shell();
        var marker = await shell.MarkerAsync();
        Assert.Single(Guards(marker));

        await shell.DisposeAsync();

        Assert.Empty(Guards(marker));
    }

    [Fact]
    public async Task A_hangup_of_the_terminal_stops_the_owner_in_good_order()
    {
        using var owner = OwnerProcess.Start(Server);
        var processes = new[] { await owner.NumberAfter("child"), await owner.NumberAfter("terminal") };
        await owner.NumberAfter("owner");

        owner.Signal(SigHup);

        await Eventually.Is(() => !processes.Append(owner.Id).Any(Shell.IsAlive), "owner and run are gone", Promise);
        await Eventually.Is(() => owner.Output.Contains("stopping: hangup", StringComparison.Ordinal), "its last words are read", Promise);
    }

    [Fact]
    public async Task A_killed_dotnet_run_takes_the_owner_with_it()
    {
        using var dotnetRun = OwnerProcess.StartByDotnetRun(Server);
        int[] processes = [await dotnetRun.NumberAfter("child"), await dotnetRun.NumberAfter("terminal"), await dotnetRun.NumberAfter("owner")];
        Assert.Contains("watched True", dotnetRun.Output, StringComparison.Ordinal);
        Assert.NotEqual(dotnetRun.Id, processes[2]);

        dotnetRun.Signal(Posix.SigKill);

        await Eventually.Is(() => !processes.Any(Shell.IsAlive), "owner and run are gone", Promise);
        await dotnetRun.OutputEnded;
        Assert.Contains("stopping: parent gone", dotnetRun.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_that_was_started_by_something_else_watches_nobody()
    {
        using var owner = OwnerProcess.Start();

        await owner.NumberAfter("owner");

        Assert.Contains("watched False", owner.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/bin/dotnet run --project App", true)]
    [InlineData("dotnet -d run", true)]
    [InlineData("dotnet exec run.dll run", false)]
    [InlineData("dotnet test", false)]
    [InlineData("bash run", false)]
    [InlineData("", false)]
    public void A_dotnet_run_is_known_by_its_command_line(string commandLine, bool isDotnetRun) =>
        Assert.Equal(isDotnetRun, ParentWatch.IsDotnetRun(commandLine.Split(' ')));

    private static async Task<int[]> ProcessesAsync(OwnerProcess owner) =>
        [await owner.NumberAfter("child"), await owner.NumberAfter("terminal"), await owner.NumberAfter("stubborn")];

    private static int Guard(int process) => Assert.Single(Guards(process));

    private static int[] Guards(int process) => Guards(Regex.Match(File.ReadAllText($"/proc/{process}/environ"), "ASPIRE_RUN_ID=[^\\0]+").Value);

    private static int[] Guards(string marker) => Shell.WithCommandLine("aspire-guard\0" + marker);
}
