using Waiide.Hub.Mock;
using Waiide.Hub.Mock.Servers;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>Stopping servers: by the API, by their own end, and with the hub.</summary>
public sealed class StopTests
{
    [SkippableFact]
    public async Task A_server_is_stopped_by_SIGINT_and_its_token_and_route_end_with_it()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        await hub.StartServerAsync("alice/server");
        var token = (await hub.AskServerAsync("/user/alice/"))["env"]!["JUPYTERHUB_API_TOKEN"]!.GetValue<string>();
        Assert.Equal(200, (await hub.CallAsync("GET", "user", token: token)).Status);

        var stopped = await hub.StopServerAsync("alice/server");
        var again = await hub.StopServerAsync("alice/server");

        Assert.Equal((204, (string?)null, ""), (stopped.Status, stopped.ContentType, stopped.Body));
        Assert.Equal(204, again.Status);
        Assert.Empty(hub.Servers());
        Assert.Equal(403, (await hub.CallAsync("GET", "user", token: token)).Status);
        Assert.Contains("stopped by SIGINT", await File.ReadAllTextAsync(Path.Combine(hub.Folder, "alice", "servers", "default~", "server.log")), StringComparison.Ordinal);
        using var browser = hub.NewBrowser();
        using var gone = await browser.GetAsync("/user/alice/env");
        Assert.Equal("/hub/user/alice/env", gone.Headers.Location!.OriginalString);
        Assert.Equal("{}", (await hub.CallAsync("GET", "users/alice")).Json["servers"]!.ToJsonString());
    }

    [SkippableFact]
    public async Task A_server_that_ignores_signals_is_pending_and_is_killed_in_the_end()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(
            ("Spawner:SlowStopTimeout", "0.5"), ("Spawner:InterruptTimeout", "2"), ("Spawner:TermTimeout", "1"));
        await hub.StartServerAsync("alice/servers/sig-1");

        var stop = await hub.StopServerAsync("alice/servers/sig-1");
        var again = await hub.StopServerAsync("alice/servers/sig-1");
        var start = await hub.StartServerAsync("alice/servers/sig-1");
        var progress = await hub.CallAsync("GET", "users/alice/servers/sig-1/progress");
        var model = await hub.ServerAsync("alice", "sig-1");

        Assert.Equal((202, "text/plain", ""), (stop.Status, stop.ContentType, stop.Body));
        Assert.Equal(202, again.Status);
        Assert.Equal((400, "alice:sig-1 is pending stop"), (start.Status, start.Message));
        Assert.Equal((400, "alice:sig-1 is not starting..."), (progress.Status, progress.Message));
        Assert.Equal(("stop", false, false), (model!["pending"]!.GetValue<string>(), model["ready"]!.GetValue<bool>(), model["stopped"]!.GetValue<bool>()));
        await hub.BecomesAsync("stopped", "alice", "sig-1");
        Assert.Empty(hub.Servers("sig-1"));
        Assert.Equal("ignored SIGINT\nignored SIGTERM\n", await File.ReadAllTextAsync(Path.Combine(hub.Folder, "alice", "servers", "sig-1", "server.log")));
    }

    [Fact]
    public void The_schedule_is_JupyterHubs() => Assert.Equal(
        [(Posix.SigInt, 10.0), (Posix.SigTerm, 5.0), (Posix.SigKill, 5.0)],
        StopSchedule.Of(new SpawnerOptions()).Select(step => (step.Signal, step.Patience.TotalSeconds)));

    [SkippableFact]
    public async Task A_server_that_ends_by_itself_is_known_as_stopped_at_once_and_can_be_started_again()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:PollInterval", "3600"));
        await hub.StartServerAsync("alice/servers/die-1");
        using var browser = hub.NewBrowser();
        (await browser.GetAsync("/user/alice/die-1/die")).Dispose();

        await hub.BecomesAsync("stopped", "alice", "die-1", TimeSpan.FromSeconds(5));

        await hub.Process.WaitForOutput("alice:die-1 ended by itself, with exit code 3.");
        Assert.Equal(201, (await hub.StartServerAsync("alice/servers/die-1")).Status);
    }

    [SkippableFact]
    public async Task What_a_server_leaves_behind_ends_with_it_though_it_moved_to_a_session_of_its_own()
    {
        Prerequisites.Need("node", "setsid");
        await using var hub = await HubCalls.StartAsync(
            ("Spawner:Cmd:0", "sh"), ("Spawner:Cmd:1", "-c"), ("Spawner:Cmd:2", $"sleep 1000 & setsid sleep 2000 & exec node '{RunningHub.SingleUserServer}'"));
        await hub.StartServerAsync("alice/server");
        await Eventually.Is(() => hub.Servers().Count == 3, "the server and what it started run");

        Assert.Equal(204, (await hub.StopServerAsync("alice/server")).Status);

        Assert.Empty(hub.Servers());
    }

    [SkippableFact]
    public async Task The_servers_end_with_the_hub_one_that_is_starting_too()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.2"));
        await hub.StartServerAsync("alice/server");
        await hub.StartServerAsync("bob/server");
        await hub.StartServerAsync("alice/servers/never-1");
        Assert.Equal((2, 1), (hub.Servers().Count, hub.Servers("never-1").Count));

        hub.Process.Signal("TERM");

        Assert.Equal(0, await hub.Process.WaitForExit());
        Assert.Equal((0, 0), (hub.Servers().Count, hub.Servers("never-1").Count));
    }

    [SkippableFact]
    public async Task The_servers_stay_when_the_hub_is_told_to_leave_them()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("CleanupServers", "false"));
        await hub.StartServerAsync("alice/server");

        hub.Process.Signal("TERM");

        Assert.Equal(0, await hub.Process.WaitForExit());
        Assert.Single(hub.Servers());
    }

    [SkippableFact]
    public async Task A_stop_is_not_held_up_by_whoever_watches_a_start()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.2"));
        await hub.StartServerAsync("alice/servers/never-1");
        var watching = hub.CallAsync("GET", "users/alice/servers/never-1/progress");

        hub.Process.Signal("TERM");

        Assert.Equal(0, await hub.Process.WaitForExit(TimeSpan.FromSeconds(25))); // A start that is waited for fails after 30.
        await Task.WhenAny(watching);
    }
}
