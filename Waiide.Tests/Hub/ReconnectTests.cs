using System.Diagnostics;
using System.Globalization;
using Waiide.Hub.Mock.Servers;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub that comes back finds the servers that still run, and knows of the others that they do not.</summary>
public sealed class ReconnectTests
{
    [SkippableFact]
    public async Task A_server_outlives_its_hub_and_is_the_same_afterwards()
    {
        Prerequisites.Need("node");
        using var data = new TempDirectory();
        await using var hub = await HubCalls.StartAsync(("Database", Path.Combine(data.Path, "hub.db")));
        await hub.StartServerAsync("alice/servers/one", """{"image": "small"}""");
        var before = await hub.AskServerAsync("/user/alice/one/");

        hub.Process.Signal("KILL");
        await hub.Process.WaitForExit();
        await hub.StartAgainAsync();
        await hub.BecomesAsync("ready", "alice", "one");

        var after = await hub.AskServerAsync("/user/alice/one/");
        Assert.Equal(before["pid"]!.GetValue<int>(), after["pid"]!.GetValue<int>());
        Assert.Equal(200, (await hub.CallAsync("GET", "user", token: before["env"]!["JUPYTERHUB_API_TOKEN"]!.GetValue<string>())).Status);
        Assert.Equal((400, "alice:one is already running"), (await hub.StartServerAsync("alice/servers/one")) is var again ? (again.Status, again.Message) : default);
        Assert.Equal(204, (await hub.StopServerAsync("alice/servers/one")).Status);
        Assert.Empty(hub.Servers("one"));
    }

    [SkippableFact]
    public async Task A_server_that_ended_while_the_hub_was_away_is_stopped_and_can_be_started()
    {
        Prerequisites.Need("node");
        using var data = new TempDirectory();
        await using var hub = await HubCalls.StartAsync(("Database", Path.Combine(data.Path, "hub.db")));
        await hub.StartServerAsync("alice/server");
        var server = Assert.Single(hub.Servers());
        var token = (await hub.AskServerAsync("/user/alice/"))["env"]!["JUPYTERHUB_API_TOKEN"]!.GetValue<string>();

        hub.Process.Signal("KILL");
        await hub.Process.WaitForExit();
        Kill(server.Id);
        await Eventually.Is(() => hub.Servers().Count == 0, "the server has ended");
        await hub.StartAgainAsync();

        Assert.True((await hub.ServerAsync("alice"))!["stopped"]!.GetValue<bool>());
        Assert.Equal(403, (await hub.CallAsync("GET", "user", token: token)).Status);
        Assert.Equal(201, (await hub.StartServerAsync("alice/server")).Status);
    }

    [SkippableFact]
    public async Task A_found_server_that_ends_later_is_noticed_within_the_poll_interval()
    {
        Prerequisites.Need("node");
        using var data = new TempDirectory();
        await using var hub = await HubCalls.StartAsync(("Database", Path.Combine(data.Path, "hub.db")), ("Spawner:PollInterval", "0.5"));
        await hub.StartServerAsync("alice/server");
        hub.Process.Signal("KILL");
        await hub.Process.WaitForExit();
        await hub.StartAgainAsync();
        await hub.BecomesAsync("ready", "alice");

        Kill(Assert.Single(hub.Servers()).Id);

        await hub.BecomesAsync("stopped", "alice");
    }

    // Ids are given again: without its start and its prefix a process could be anybody's.
    [Fact]
    public async Task A_process_with_the_id_alone_is_not_taken_for_the_server()
    {
        // No child of this process: who finds a child of its own waits for it, and then .NET, which started it, could not.
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "JUPYTERHUB_SERVICE_PREFIX=/user/alice/ sleep 1000 > /dev/null 2>&1 & echo $!"]) { RedirectStandardOutput = true })!;
        var id = int.Parse(await shell.StandardOutput.ReadToEndAsync(), CultureInfo.InvariantCulture);
        await shell.WaitForExitAsync();
        try
        {
            await Eventually.Is(() => ProcessTable.Carries(id, "JUPYTERHUB_SERVICE_PREFIX=/user/alice/"), "the process has become sleep");
            var started = ProcessTable.Find(id)!.Started;

            Assert.NotNull(Find(started, "/user/alice/"));
            Assert.Null(Find(started + 1, "/user/alice/"));
            Assert.Null(Find(started, "/user/bob/"));
        }
        finally
        {
            Kill(id);
        }

        SpawnedProcess? Find(long started, string prefix) => SpawnedProcess.FindAgain(id, started, prefix, TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }

    private static void Kill(int id) => Process.Start("kill", ["-KILL", id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
}
