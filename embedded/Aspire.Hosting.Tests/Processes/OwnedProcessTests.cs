using System.Diagnostics;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Tests.Processes;

public sealed class OwnedProcessTests
{
    // Far above what anything here takes, stops that end in SIGKILL included.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Arguments_environment_and_folder_arrive_as_they_were_given()
    {
        await using var shell = new Shell();
        string[] odd = ["two words", "", "a\"b'c$(id)\\", "-x", "naïve\nline"];
        var environment = Shell.Environment();
        environment["ODD"] = "a=b; $HOME \"'";
        var folder = Directory.CreateTempSubdirectory("odd name ' ").FullName;

        var process = await shell.StartAsync("sh", ["-c", "pwd; echo \"$ODD\"; env | grep -c HOME; for a; do printf '<%s>' \"$a\"; done", "sh", .. odd], folder, environment);

        Assert.Equal(0, await process.Exited.WaitAsync(Limit));
        Directory.Delete(folder);
        Assert.Equal([folder, "a=b; $HOME \"'", "1", .. string.Concat(odd.Select(argument => $"<{argument}>")).Split('\n')], shell.Lines);
    }

    [Fact]
    public async Task Both_streams_arrive_line_by_line_and_the_last_line_needs_no_end()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("echo one; echo wrong >&2; printf 'two\\r\\n\\nlast'; exit 7");

        Assert.Equal(7, await process.Exited.WaitAsync(Limit));
        Assert.Equal(["one", "two", "", "last"], shell.Output.Where(output => !output.IsError).Select(output => output.Line));
        Assert.Equal(["wrong"], shell.Output.Where(output => output.IsError).Select(output => output.Line));
    }

    [Fact]
    public async Task A_line_without_end_arrives_in_pieces_and_bytes_that_are_no_text_do_no_harm()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("head -c 200000 /dev/zero | tr '\\0' x; echo; head -c 300000 /dev/urandom; echo; echo still here");

        Assert.Equal(0, await process.Exited.WaitAsync(Limit));
        Assert.Equal([65536, 65536, 65536, 3392], shell.Lines.Take(4).Select(line => line.Length));
        Assert.Equal("still here", shell.Lines.Last());
        Assert.All(shell.Lines, line => Assert.InRange(line.Length, 0, 65536));
    }

    [Fact]
    public async Task A_process_killed_by_a_signal_exits_with_128_and_the_signal()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("kill -9 $$");

        Assert.Equal(137, await process.Exited.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_process_leads_a_session_of_its_own()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("cut -d' ' -f1,5,6 /proc/$$/stat; cat; echo input ended");

        Assert.Equal(0, await process.Exited.WaitAsync(Limit));
        Assert.Equal([$"{process.Id} {process.Id} {process.Id}", "input ended"], shell.Lines);
    }

    [Fact]
    public async Task What_cannot_be_started_is_one_sentence()
    {
        await using var shell = new Shell();
        async Task<string> Message(string command, string folder = "/") =>
            (await Assert.ThrowsAsync<ProcessStartException>(() => shell.StartAsync(command, [], folder, new() { ["PATH"] = "/nowhere:/usr/bin" }))).Message;

        Assert.Equal("The command 'no-such-program' of 'web' was not found on its PATH (/nowhere:/usr/bin).", await Message("no-such-program"));
        Assert.Equal("The command of 'web' does not exist: '/etc/no/such'.", await Message("./no/such", "/etc"));
        Assert.Equal("'/etc/passwd', the command of 'web', is not an executable file.", await Message("/etc/passwd"));
        Assert.Equal("The working folder '/no/folder' of 'web' does not exist.", await Message("sh", "/no/folder"));
    }

    [Fact]
    public async Task A_command_with_a_slash_is_relative_to_the_working_folder()
    {
        await using var shell = new Shell();
        var process = await shell.StartAsync("./bin/sh", ["-c", "echo here"], "/usr/..");

        Assert.Equal(0, await process.Exited.WaitAsync(Limit));
        Assert.Equal(["here"], shell.Lines);
    }

    [Fact]
    public async Task A_cancelled_start_starts_nothing()
    {
        await using var shell = new Shell();
        var spec = new ProcessSpec("web", "sh", ["-c", "echo no"], "/", Shell.Environment(), (_, _) => { });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shell.Run.StartAsync(spec, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_killed_root_takes_its_children_and_what_they_detached_with_it()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("sleep 1000 & echo child $!; setsid sh -c 'nohup sleep 1000 & echo terminal $!; wait' & wait");
        int[] children = [await shell.NumberAfter("child"), await shell.NumberAfter("terminal")];
        Assert.All(children, child => Assert.True(Shell.IsAlive(child)));

        Posix.Signal(process.Id, Posix.SigKill);

        Assert.Equal(137, await process.Exited.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.All(children, child => Assert.False(Shell.IsAlive(child)));
    }

    [Fact]
    public async Task A_root_that_returns_at_once_takes_its_children_with_it_though_they_ignore_SIGTERM()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("sh -c 'trap \"\" TERM; echo child $$; while :; do sleep 1; done' & sleep 0.3; exit 3");
        var child = await shell.NumberAfter("child");

        Assert.Equal(3, await process.Exited.WaitAsync(Limit));
        Assert.False(Shell.IsAlive(child));
    }

    [Fact]
    public async Task A_child_that_cleared_its_environment_ends_with_the_session()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("env -i sleep 1000 & echo child $!; exit 0");
        var child = await shell.NumberAfter("child");

        Assert.Equal(0, await process.Exited.WaitAsync(Limit));
        Assert.False(Shell.IsAlive(child));
    }

    [Fact]
    public async Task A_stranger_that_holds_the_output_open_neither_delays_the_end_for_long_nor_is_it_killed()
    {
        await using var shell = new Shell();
        var clock = Stopwatch.StartNew();
        var process = await shell.ScriptAsync("env -i setsid sh -c 'echo stranger $$; exec sleep 30' & sleep 0.3");
        var stranger = await shell.NumberAfter("stranger");

        Assert.Equal(0, await process.Exited.WaitAsync(Limit));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
        Assert.True(Shell.IsAlive(stranger));
        Posix.Signal(stranger, Posix.SigKill);
    }

    [Fact]
    public async Task Stop_asks_first_and_waits_for_an_orderly_end()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("trap 'sleep 1 && echo bye; exit 5' TERM; echo up $$; while :; do sleep 0.1; done");
        await shell.NumberAfter("up");

        await process.StopAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Equal(5, await process.Exited);
        Assert.Equal(1, shell.Lines.Count(line => line == "bye"));
    }

    [Fact]
    public async Task Stop_kills_after_six_seconds_what_ignores_the_request()
    {
        await using var shell = new Shell();
        var clock = Stopwatch.StartNew();
        var process = await shell.ScriptAsync("trap '' TERM; echo up $$; while :; do sleep 1; done");
        await shell.NumberAfter("up");

        await process.StopAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Equal(137, await process.Exited);
        Assert.InRange(clock.Elapsed.TotalSeconds, 6, 10);
    }

    [Fact]
    public async Task A_chain_of_processes_each_of_which_starts_the_next_comes_to_an_end()
    {
        await using var shell = new Shell();
        var mark = "forks-" + Guid.NewGuid().ToString("n");
        const string Generation = "trap '' TERM; sleep 0.02; sh -c \"$1\" sh \"$1\" $2 &";
        var process = await shell.ScriptAsync(Generation, Generation, mark);

        Assert.Equal(0, await process.Exited.WaitAsync(Limit));

        Assert.Empty(Shell.WithCommandLine(mark));
    }

    [Fact]
    public async Task Stop_may_be_called_twice_during_and_after_the_end_and_a_wait_may_be_given_up()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("trap 'sleep 1; exit 0' TERM; echo up $$; while :; do sleep 0.1; done");
        await shell.NumberAfter("up");

        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => process.StopAsync(impatience.Token));
        Assert.False(process.Exited.IsCompleted);
        await Task.WhenAll(process.StopAsync(CancellationToken.None), process.StopAsync(CancellationToken.None)).WaitAsync(Limit);
        await process.StopAsync(CancellationToken.None);

        Assert.Equal(0, await process.Exited);
    }

    [Fact]
    public async Task The_end_of_a_run_ends_what_left_its_resource()
    {
        await using var shell = new Shell();
        var process = await shell.ScriptAsync("unset ASPIRE_RESOURCE_ID; setsid sh -c 'echo detached $$; exec sleep 1000' & sleep 0.3");
        var detached = await shell.NumberAfter("detached");
        Assert.Equal(0, await process.Exited.WaitAsync(Limit));
        Assert.True(Shell.IsAlive(detached));

        await shell.Run.DisposeAsync().AsTask().WaitAsync(Limit);

        Assert.False(Shell.IsAlive(detached));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => shell.ScriptAsync("true"));
    }
}
