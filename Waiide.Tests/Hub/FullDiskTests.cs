using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub whose database cannot be written: servers end all the same, none is left without an owner, and what is out of date is put right later.</summary>
public sealed class FullDiskTests
{
    [SkippableFact]
    public async Task A_server_that_is_stopped_meanwhile_is_stopped_and_can_be_started_when_there_is_room()
    {
        Prerequisites.Need("node", "prlimit");
        using var data = new TempDirectory();
        await using var hub = await StartAsync(data);
        await hub.StartServerAsync("alice/server");
        var token = (await hub.AskServerAsync("/user/alice/"))["env"]!["JUPYTERHUB_API_TOKEN"]!.GetValue<string>();

        await LimitFilesAsync(hub, "1");
        Assert.Equal(204, (await hub.StopServerAsync("alice/server")).Status);

        await hub.Process.WaitForOutput("alice is stopped, which the database could not be told");
        Assert.True((await hub.ServerAsync("alice"))!["stopped"]!.GetValue<bool>());
        Assert.Empty(hub.Servers());
        Assert.Equal(403, (await hub.CallAsync("GET", "user", token: token)).Status);

        await LimitFilesAsync(hub, "unlimited");
        Assert.Equal(201, (await hub.StartServerAsync("alice/server")).Status);
        hub.Process.Signal("KILL");
        await hub.Process.WaitForExit();
        await hub.StartAgainAsync();
        await hub.BecomesAsync("ready", "alice");
        Assert.Equal(403, (await hub.CallAsync("GET", "user", token: token)).Status); // The database had it still.
    }

    [SkippableFact]
    public async Task The_hub_itself_ends_as_always_and_its_next_start_finds_out_what_happened()
    {
        Prerequisites.Need("node", "prlimit");
        using var data = new TempDirectory();
        await using var hub = await StartAsync(data);
        await hub.StartServerAsync("alice/server");

        await LimitFilesAsync(hub, "1");
        hub.Process.Signal("TERM");
        Assert.Equal(0, await hub.Process.WaitForExit());
        Assert.Empty(hub.Servers());

        await hub.StartAgainAsync();
        Assert.Contains("alice no longer runs", hub.Process.Output, StringComparison.Ordinal);
        Assert.True((await hub.ServerAsync("alice"))!["stopped"]!.GetValue<bool>());
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_gets_ready_meanwhile_is_ended_and_not_left_to_itself(bool isTakenUp)
    {
        Prerequisites.Need("node", "prlimit");
        using var data = new TempDirectory();
        await using var hub = await StartAsync(data, ("Spawner:SlowSpawnTimeout", "0.2"));
        Assert.Equal(202, (await hub.StartServerAsync("alice/servers/slow-1")).Status);
        if (isTakenUp)
        {
            hub.Process.Signal("KILL");
            await hub.Process.WaitForExit();
            await hub.StartAgainAsync();
        }

        await LimitFilesAsync(hub, "1");

        await hub.Process.WaitForOutput("alice:slow-1 could not be started.");
        await hub.BecomesAsync("stopped", "alice", "slow-1");
        Assert.Empty(hub.Servers("slow-1"));
    }

    [SkippableFact]
    public async Task What_the_API_fails_to_change_is_as_it_was()
    {
        Prerequisites.Need("prlimit");
        using var data = new TempDirectory();
        await using var hub = await StartAsync(data);
        await hub.CallAsync("POST", "groups/staff");
        await LimitFilesAsync(hub, "1");

        Assert.Equal(500, (await hub.CallAsync("PATCH", "users/alice", """{"name": "carol"}""")).Status);
        Assert.Equal(500, (await hub.CallAsync("PUT", "groups/staff/properties", """{"room": 1}""")).Status);
        Assert.Equal(500, (await hub.CallAsync("DELETE", "groups/staff")).Status);

        Assert.Equal((200, 404), ((await hub.CallAsync("GET", "users/alice")).Status, (await hub.CallAsync("GET", "users/carol")).Status));
        Assert.Equal("{}", (await hub.CallAsync("GET", "groups/staff")).Json["properties"]!.ToJsonString());
    }

    // A file that may not grow is to SQLite what a full disk is. The signal that tells of it would end the hub.
    private static async Task<RunningHub> StartAsync(TempDirectory data, params (string Setting, string Value)[] settings)
    {
        var hub = await HubCalls.StartAsync([("Database", Path.Combine(data.Path, "hub.db")), .. settings]);
        await hub.StopAsync();
        hub.Launcher = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];
        await hub.StartAgainAsync();
        return hub;
    }

    private static async Task LimitFilesAsync(RunningHub hub, string bytes)
    {
        using var prlimit = Process.Start("prlimit", [$"--pid={hub.Process.Id}", $"--fsize={bytes}:unlimited"])!;
        await prlimit.WaitForExitAsync();
        Assert.Equal(0, prlimit.ExitCode);
    }
}
