using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The progress of a start, as a page follows it: server-sent events, with blank lines where nothing happens.</summary>
public sealed class ProgressTests
{
    private const string Begins = "\n\ndata: {\"progress\":0,\"message\":\"Server requested\"}\n\ndata: {\"progress\":50,\"message\":\"Spawning server...\"}\n\n";

    [SkippableFact]
    public async Task A_start_is_told_from_its_beginning_to_the_server_that_is_ready()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.2"));
        await hub.StartServerAsync("alice/servers/slow-1");

        var watched = await hub.CallAsync("GET", "users/alice/servers/slow-1/progress");
        var afterwards = await hub.CallAsync("GET", "users/alice/servers/slow-1/progress");

        Assert.Equal((200, "text/event-stream"), (watched.Status, watched.ContentType));
        Assert.StartsWith(Begins, watched.Body, StringComparison.Ordinal);
        var ready = new JsonObject
        {
            ["progress"] = 100,
            ["ready"] = true,
            ["message"] = "Server ready at /user/alice/slow-1/",
            ["html_message"] = "Server ready at <a href=\"/user/alice/slow-1/\">/user/alice/slow-1/</a>",
            ["url"] = "/user/alice/slow-1/",
        };
        Assert.Equal(ready.ToJsonString(), JsonNode.Parse(watched.Body[Begins.Length..].Trim()["data: ".Length..])!.ToJsonString());
        Assert.Equal(watched.Body[Begins.Length..].TrimStart(), afterwards.Body); // A busy machine takes longer than a keep-alive does.
    }

    [SkippableFact]
    public async Task A_start_that_fails_says_why_then_and_to_whoever_asks_later()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.2"), ("Spawner:HttpTimeout", "2"));
        await hub.StartServerAsync("alice/servers/never-1");

        var watched = await hub.CallAsync("GET", "users/alice/servers/never-1/progress");
        await hub.BecomesAsync("stopped", "alice", "never-1");
        var afterwards = await hub.CallAsync("GET", "users/alice/servers/never-1/progress");

        var failed = JsonNode.Parse(watched.Body[Begins.Length..].Trim()["data: ".Length..])!;
        Assert.Equal((100, true), (failed["progress"]!.GetValue<int>(), failed["failed"]!.GetValue<bool>()));
        Assert.Matches(@"^Spawn failed: Server at http://127\.0\.0\.1:\d+/user/alice/never-1/ didn't respond in 2 seconds$", failed["message"]!.GetValue<string>());
        Assert.Equal(watched.Body[Begins.Length..].TrimStart(), afterwards.Body); // A busy machine takes longer than a keep-alive does.
    }

    [SkippableFact]
    public async Task While_nothing_happens_a_blank_line_keeps_the_connection_open()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.2"), ("Spawner:HttpTimeout", "10"));
        await hub.StartServerAsync("alice/servers/never-1");

        var watched = await hub.CallAsync("GET", "users/alice/servers/never-1/progress");

        Assert.StartsWith(Begins + "\n\ndata: {\"progress\":100,\"failed\":true", watched.Body, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Whoever_stops_watching_stops_nothing()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowSpawnTimeout", "0.2"));
        await hub.StartServerAsync("alice/servers/slow-1");
        using (var gone = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        using (var client = new HttpClient())
        using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Api, "/hub/api/users/alice/servers/slow-1/progress")) { Headers = { { "Authorization", "token token-of-the-tests-0123456789abcdef" } } })
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, HttpCompletionOption.ResponseContentRead, gone.Token));
        }

        await hub.BecomesAsync("ready", "alice", "slow-1");
        Assert.DoesNotContain("fail:", hub.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_starts_there_is_nothing_to_watch()
    {
        await using var hub = await HubCalls.StartAsync();

        var unknown = await hub.CallAsync("GET", "users/alice/server/progress");
        var nobody = await hub.CallAsync("GET", "users/nobody/server/progress");

        Assert.Equal((404, "Not Found"), (unknown.Status, unknown.Message));
        Assert.Equal((404, "Not Found"), (nobody.Status, nobody.Message));
    }

    [SkippableFact]
    public async Task A_server_that_was_stopped_is_not_starting()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        await hub.StartServerAsync("alice/server");
        await hub.StopServerAsync("alice/server");

        var answer = await hub.CallAsync("GET", "users/alice/server/progress");

        Assert.Equal((404, "Not Found"), (answer.Status, answer.Message));
    }
}
