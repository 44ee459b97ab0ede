using Waiide.Hub.Mock.Servers;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>What the hub does around its servers' processes: their output, their limits, their folder, their end.</summary>
public sealed class ServerKeepingTests
{
    [Fact]
    public async Task What_a_server_prints_is_kept_short_while_it_goes_on_printing()
    {
        using var folder = new TempDirectory();
        var output = Path.Combine(folder.Path, "server.log");
        var go = Path.Combine(folder.Path, "go");
        var id = Posix.Start("/bin/sh", ["sh", "-c", "seq 1 20000; echo the last line; while [ ! -e go ]; do sleep 0.02; done; echo goes on"], new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, folder.Path, output);
        await Eventually.Is(() => File.Exists(output) && File.ReadAllText(output).EndsWith("the last line\n", StringComparison.Ordinal), "it has printed");

        Assert.False(ServerLogs.Bound(output, 1_000_000));
        Assert.True(ServerLogs.Bound(output, 10_000));
        Assert.Equal(0, new FileInfo(output).Length);
        var earlier = await File.ReadAllTextAsync(output + ".1");
        Assert.Equal(10_000, earlier.Length);
        Assert.EndsWith("20000\nthe last line\n", earlier, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(output + ".1"));

        await File.WriteAllTextAsync(go, "");
        Assert.Equal(0, Posix.Wait(id));
        Assert.Equal("goes on\n", await File.ReadAllTextAsync(output)); // And not behind a hole as large as what was there.
    }

    // The kernel's files played by a folder: no machine that tests run on must offer a group to divide.
    [Fact]
    public void A_servers_limits_are_written_where_the_kernel_reads_them()
    {
        using var folder = new TempDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "cgroup.controllers"), "cpuset cpu io memory pids\n");
        Assert.Null(ControlGroup.Divide(folder.Path, 100, ["memory", "hugetlb"]));
        Assert.Null(ControlGroup.Divide(Path.Combine(folder.Path, "nothing"), 100, ["memory"]));
        Assert.Empty(Directory.GetDirectories(folder.Path));

        var group = ControlGroup.Divide(folder.Path, 100, ["memory", "cpu"])!;
        Assert.Equal(("100", "+memory +cpu"), (Read("waiide-hub/cgroup.procs"), Read("cgroup.subtree_control")));
        group.Add(200, 2L << 30, 1.5);
        Assert.Equal(("2147483648", "150000 100000", "200"), (Read("server-200/memory.max"), Read("server-200/cpu.max"), Read("server-200/cgroup.procs")));
        group.Add(201, null, 0.5);
        Assert.False(File.Exists(Path.Combine(folder.Path, "server-201/memory.max")));

        // A hub that begins anew is in the hub's group already, and knows the servers' by their processes.
        var again = ControlGroup.Divide(Path.Combine(folder.Path, "waiide-hub"), 100, ["memory", "cpu"])!;
        Directory.Delete(Path.Combine(folder.Path, "server-200"), recursive: true);
        Directory.CreateDirectory(Path.Combine(folder.Path, "server-200")); // Whose files go by themselves.
        again.Remove(200);
        again.Remove(200);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "server-200")));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "waiide-hub", "waiide-hub")));

        string Read(string file) => File.ReadAllText(Path.Combine(folder.Path, file));
    }

    [SkippableFact]
    public async Task Two_hubs_do_not_start_servers_in_one_folder()
    {
        Prerequisites.Need("node");
        using var folder = new TempDirectory();
        await using var first = await HubCalls.StartAsync(("Spawner:Folder", folder.Path));
        await using var second = await HubCalls.StartAsync(("Spawner:Folder", folder.Path));
        Assert.Equal(201, (await first.StartServerAsync("alice/server")).Status);
        var refused = await second.StartServerAsync("alice/server");
        Assert.Equal((500, $"Spawn failed: Hub:Spawner:Folder: {folder.Path} is in use by another hub; stop that one, or set another folder"), (refused.Status, refused.Message));
        await second.Process.WaitForOutput($"alice could not be started: Hub:Spawner:Folder: {folder.Path} is in use by another hub; stop that one, or set another folder");

        first.Process.Signal("TERM");
        await first.Process.WaitForExit();
        Assert.Equal(201, (await second.StartServerAsync("alice/server")).Status);
    }

    [SkippableTheory]
    [InlineData(null, "true", 0)]
    [InlineData("""{"servers": false}""", "true", 1)]
    [InlineData("""{"servers": true}""", "false", 0)]
    [InlineData("""{"proxy": true}""", "false", 1)]
    public async Task Whoever_shuts_the_hub_down_says_whether_servers_end_with_it(string? body, string cleanup, int left)
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("CleanupServers", cleanup));
        await hub.StartServerAsync("alice/server");
        Assert.Equal(202, (await hub.CallAsync("POST", "shutdown", body)).Status);
        Assert.Equal(0, await hub.Process.WaitForExit());
        Assert.Equal(left, hub.Servers().Count);
    }
}
