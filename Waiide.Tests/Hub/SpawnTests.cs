using System.Net;
using Waiide.Hub.Mock.Servers;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>Starting servers: by the API and by a browser, and what is heard while they start and when they do not.</summary>
public sealed class SpawnTests
{
    [SkippableFact]
    public async Task A_server_is_started_once_and_then_known_as_running()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();

        var first = await hub.StartServerAsync("alice/server", """{"kind": "env"}""");
        var second = await hub.StartServerAsync("alice/server");

        Assert.Equal((201, "text/plain", ""), (first.Status, first.ContentType, first.Body));
        Assert.Equal((400, "alice is already running"), (second.Status, second.Message));
        Assert.True((await hub.ServerAsync("alice"))!["ready"]!.GetValue<bool>());
        Assert.Single(hub.Servers());
    }

    /// <summary>Until the server listens, a port that the kernel gives to whoever asks may come to belong to another program, which would then be taken for the server.</summary>
    [SkippableFact]
    public async Task A_server_is_given_a_port_that_no_other_program_is_given_meanwhile()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();

        await hub.StartServerAsync("alice/server", """{"kind": "env"}""");
        var url = new Uri((await hub.AskServerAsync("/user/alice/"))["env"]!["JUPYTERHUB_SERVICE_URL"]!.GetValue<string>());

        Assert.InRange(url.Port, 20_000, 29_999); // By default the kernel gives out those from 32768 on.
    }

    [SkippableFact]
    public async Task Many_requests_at_once_start_one_process()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => hub.StartServerAsync("alice/server")));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { 201, 202, 400 }));
        Assert.Single(hub.Servers());
    }

    [SkippableFact]
    public async Task A_slow_server_is_pending_until_it_answers_and_cannot_be_stopped_meanwhile()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.3"));

        var first = await hub.StartServerAsync("alice/servers/slow-1");
        var again = await hub.StartServerAsync("alice/servers/slow-1");
        var stop = await hub.StopServerAsync("alice/servers/slow-1");

        Assert.Equal((202, "text/plain", ""), (first.Status, first.ContentType, first.Body));
        Assert.Equal((202, "text/plain", ""), (again.Status, again.ContentType, again.Body));
        Assert.Equal((400, "alice:slow-1 is pending spawn, please wait"), (stop.Status, stop.Message));
        Assert.Equal("spawn", (await hub.ServerAsync("alice", "slow-1"))!["pending"]!.GetValue<string>());
        await hub.BecomesAsync("ready", "alice", "slow-1");
    }

    [SkippableFact]
    public async Task A_server_that_first_answers_with_errors_is_asked_again()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();

        var started = await hub.StartServerAsync("alice/servers/e500-1");

        Assert.Equal(201, started.Status);
    }

    [SkippableFact]
    public async Task A_process_that_ends_early_is_told_after_the_slow_timeout_and_has_failed_after_the_http_timeout()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "1"), ("Spawner:HttpTimeout", "3"));

        var started = await hub.StartServerAsync("alice/servers/bad-1");

        Assert.Equal((500, "Spawner failed to start [status=1]. The logs for alice:bad-1 may contain details."), (started.Status, started.Message));
        Assert.Equal("spawn", (await hub.ServerAsync("alice", "bad-1"))!["pending"]!.GetValue<string>());
        await hub.BecomesAsync("stopped", "alice", "bad-1");
        await hub.Process.WaitForOutput("ended with exit code 1 before it answered");
    }

    [SkippableFact]
    public async Task A_program_that_is_not_there_is_named()
    {
        await using var hub = await HubCalls.StartAsync(("Spawner:Cmd:0", "no-such-program"));

        var started = await hub.StartServerAsync("alice/server");

        Assert.Equal(500, started.Status);
        Assert.Equal("Spawn failed: no-such-program is not on the servers' PATH: set Hub:Spawner:Cmd to its full path, or PATH in Hub:Spawner:Environment.", started.Message);
        Assert.True((await hub.ServerAsync("alice"))!["stopped"]!.GetValue<bool>());
    }

    [Fact]
    public async Task An_address_that_this_machine_does_not_have_is_named_with_its_setting()
    {
        await using var hub = await HubCalls.StartAsync(("Spawner:Ip", "192.0.2.1")); // RFC 5737: nobody's.

        var started = await hub.StartServerAsync("alice/server");

        Assert.Equal(500, started.Status);
        Assert.StartsWith("Spawn failed: No server can listen on 192.0.2.1 (Hub:Spawner:Ip): ", started.Message, StringComparison.Ordinal);
        Assert.True((await hub.ServerAsync("alice"))!["stopped"]!.GetValue<bool>());
    }

    [SkippableFact]
    public async Task A_server_that_never_answers_is_ended_with_its_process_and_its_token()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.3"), ("Spawner:HttpTimeout", "2"));

        Assert.Equal(202, (await hub.StartServerAsync("alice/servers/never-1")).Status);
        await hub.BecomesAsync("stopped", "alice", "never-1");

        Assert.Empty(hub.Servers("never-1"));
        Assert.DoesNotContain("Server at /user/alice/never-1/", (await hub.CallAsync("GET", "users/alice/tokens")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody/server", 404, "Not Found")]
    [InlineData("alice/servers", 404, "Not Found")]
    [InlineData("alice/servers/a%2Fb", 400, "Invalid server_name (may not contain '/'): a/b")]
    public async Task What_cannot_be_started_is_refused_as_the_real_hub_does(string path, int status, string message)
    {
        await using var hub = await HubCalls.StartAsync();

        var answer = await hub.StartServerAsync(path);

        Assert.Equal((status, message), (answer.Status, answer.Message));
        Assert.Equal((405, "Method Not Allowed"), ((await hub.CallAsync("GET", "users/alice/server")) is var get ? get.Status : 0, get.Message));
        Assert.Equal(403, (await hub.CallAsync("POST", "users/alice/server", token: "nobody's")).Status);
    }

    [SkippableFact]
    public async Task A_browser_starts_its_server_waits_and_is_led_to_it()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        using var browser = await hub.SignedInAsync("alice");

        using var notRunning = await browser.GetAsync("/hub/user/alice/lab", ("Accept", "text/html"));
        using var spawn = await browser.GetAsync("/hub/spawn/alice?next=%2Fuser%2Falice%2Flab");
        await hub.BecomesAsync("ready", "alice");
        using var pending = await browser.GetAsync(spawn.Headers.Location!.OriginalString);
        using var redirect = await browser.GetAsync("/hub/user-redirect/tree/a?x=1");
        using var lead = await browser.GetAsync("/hub/user/alice/tree");

        Assert.Equal(HttpStatusCode.FailedDependency, notRunning.StatusCode);
        Assert.Equal((HttpStatusCode.Found, "/hub/spawn-pending/alice?next=%2Fuser%2Falice%2Flab"), (spawn.StatusCode, spawn.Headers.Location!.OriginalString));
        Assert.Equal((HttpStatusCode.Found, "/user/alice/lab"), (pending.StatusCode, pending.Headers.Location!.OriginalString));
        Assert.Equal("/hub/spawn/alice?next=%2Fuser%2Falice%2Ftree%2Fa%3Fx%3D1", redirect.Headers.Location!.OriginalString);
        Assert.Equal("/user/alice/tree?redirects=1", lead.Headers.Location!.OriginalString);
    }

    [SkippableFact]
    public async Task A_browser_that_starts_a_slow_server_sees_the_page_that_waits_and_is_sent_there_from_the_server()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        using var browser = await hub.SignedInAsync("alice");

        using var spawn = await browser.GetAsync("/hub/spawn/alice/slow-1");
        using var pending = await browser.GetAsync(spawn.Headers.Location!.OriginalString);
        using var server = await browser.GetAsync("/hub/user/alice/slow-1/lab", ("Accept", "text/html"));
        using var api = await browser.GetAsync("/hub/user/alice/slow-1/api/status");

        Assert.Equal("/hub/spawn-pending/alice/slow-1", spawn.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, pending.StatusCode);
        Assert.Equal((HttpStatusCode.SeeOther, "/hub/spawn-pending/alice/slow-1?next=%2Fhub%2Fuser%2Falice%2Fslow-1%2Flab"), (server.StatusCode, server.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.FailedDependency, api.StatusCode);
        Assert.Contains($"Restart the server at {hub.Front.GetLeftPart(UriPartial.Authority)}/hub/spawn/alice/slow-1", await api.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Nobody_starts_or_sees_the_server_of_another_but_an_administrator()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        using var bob = await hub.SignedInAsync("bob");
        using var root = await hub.SignedInAsync("root");

        using var refused = await bob.GetAsync("/hub/spawn/alice");
        using var hidden = await bob.GetAsync("/hub/spawn-pending/alice");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (refused.StatusCode, hidden.StatusCode));
        Assert.Empty(hub.Servers());

        using var allowed = await root.GetAsync("/hub/spawn/alice");
        Assert.Equal("/hub/spawn-pending/alice", allowed.Headers.Location!.OriginalString);
        await hub.BecomesAsync("ready", "alice");
    }

    [Theory]
    [InlineData(0, 1, 0.2)]
    [InlineData(3, 1, 1.6)]
    [InlineData(3, 0.25, 0.4)]
    [InlineData(5, 1, 5)]
    [InlineData(1_000_000, 1, 5)]
    [InlineData(9, 0, 0)]
    public void The_pause_between_two_questions_is_a_random_share_of_one_that_doubles_up_to_five_seconds(int attempt, double share, double seconds) =>
        Assert.Equal(seconds, Readiness.Pause(attempt, share).TotalSeconds, precision: 6);
}
