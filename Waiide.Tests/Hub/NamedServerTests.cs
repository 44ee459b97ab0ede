using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>Servers besides the default one: what they may be called, how many there may be, and how they are removed.</summary>
public sealed class NamedServerTests
{
    [SkippableFact]
    public async Task A_named_server_has_a_prefix_a_token_and_a_folder_of_its_own()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();

        Assert.Equal(201, (await hub.StartServerAsync("alice/server")).Status);
        Assert.Equal(201, (await hub.StartServerAsync("alice/servers/s-%C3%A9")).Status);

        var (own, named) = ((await hub.AskServerAsync("/user/alice/"))["env"]!, (await hub.AskServerAsync("/user/alice/s-%C3%A9/"))["env"]!);
        Assert.NotEqual(own["JUPYTERHUB_API_TOKEN"]!.GetValue<string>(), named["JUPYTERHUB_API_TOKEN"]!.GetValue<string>());
        Assert.Equal("s-é", named["JUPYTERHUB_SERVER_NAME"]!.GetValue<string>());
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(hub.Folder, "alice", "servers")).Length);
    }

    [SkippableFact]
    public async Task A_named_server_is_removed_once_it_has_stopped()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        await hub.StartServerAsync("alice/servers/one");
        await hub.StartServerAsync("alice/servers/two");
        await hub.StopServerAsync("alice/servers/one");

        var stopped = await hub.StopServerAsync("alice/servers/one", """{"remove": true}""");
        var running = await hub.StopServerAsync("alice/servers/two", """{"remove": true}""");
        var standard = await hub.StopServerAsync("alice/server", """{"remove": true}""");
        var unknown = await hub.StopServerAsync("alice/servers/ghost");

        Assert.Equal((204, 204), (stopped.Status, running.Status));
        Assert.Equal((400, "Cannot delete the default server"), (standard.Status, standard.Message));
        Assert.Equal((404, "alice has no server named 'ghost'"), (unknown.Status, unknown.Message));
        Assert.Null(await hub.ServerAsync("alice", "one"));
        Assert.Null(await hub.ServerAsync("alice", "two"));
        Assert.Empty(hub.Servers("two"));
    }

    [SkippableFact]
    public async Task A_server_that_is_slow_to_stop_is_removed_when_it_has()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Spawner:SlowStopTimeout", "0.2"), ("Spawner:InterruptTimeout", "1"), ("Spawner:TermTimeout", "1"));
        await hub.StartServerAsync("alice/servers/sig-1");

        Assert.Equal(202, (await hub.StopServerAsync("alice/servers/sig-1", """{"remove": true}""")).Status);

        await Eventually.Is(async () => await hub.ServerAsync("alice", "sig-1") is null, "the server is removed");
    }

    [SkippableFact]
    public async Task There_are_no_more_named_servers_than_the_limit()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("NamedServerLimitPerUser", "1"));
        Assert.Equal(201, (await hub.StartServerAsync("alice/servers/one")).Status);

        var second = await hub.StartServerAsync("alice/servers/two");

        Assert.Equal(
            (400, "User alice already has the maximum of 1 named servers.  One must be deleted before a new server can be created"),
            (second.Status, second.Message));
        Assert.Equal(201, (await hub.StartServerAsync("alice/server")).Status);
        Assert.Equal(201, (await hub.StartServerAsync("bob/servers/one")).Status);
    }

    [SkippableFact]
    public async Task A_link_on_another_site_adds_a_server_only_after_a_question()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        using var browser = await hub.SignedInAsync("alice");
        const string link = "/hub/spawn/alice/x?image=%3Cb%3E&next=%2Fuser%2Falice%2Fx%2Flab";

        using var asked = await browser.GetAsync(link, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"));
        var question = await asked.Content.ReadAsStringAsync();
        Assert.Equal(System.Net.HttpStatusCode.OK, asked.StatusCode);
        Assert.Contains("Start a new server <em>x</em>?", question, StringComparison.Ordinal);
        Assert.Contains("""<input type="hidden" name="image" value="&lt;b&gt;">""", question, StringComparison.Ordinal);
        Assert.Contains("""<input type="hidden" name="next" value="/user/alice/x/lab">""", question, StringComparison.Ordinal);
        Assert.Null(await hub.ServerAsync("alice", "x"));

        using var own = await browser.GetAsync(link, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"));
        Assert.Equal(System.Net.HttpStatusCode.Found, own.StatusCode);
        await hub.BecomesAsync("ready", "alice", "x");
        Assert.Equal("<b>", (await hub.ServerAsync("alice", "x"))!["user_options"]!["image"]![0]!.GetValue<string>());

        // One that is there is started by any link, and so is the default server, as the real hub does it.
        await hub.StopServerAsync("alice/servers/x");
        foreach (var path in new[] { "/hub/spawn/alice/x", "/hub/spawn/alice" })
        {
            using var started = await browser.GetAsync(path, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"));
            Assert.Equal(System.Net.HttpStatusCode.Found, started.StatusCode);
        }
    }

    [SkippableFact]
    public async Task Only_who_enters_as_the_hub_sees_whose_servers_there_are()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        await hub.StartServerAsync("alice/servers/one");
        Assert.All(Directory.GetDirectories(hub.Folder, "*", SearchOption.AllDirectories).Append(hub.Folder), folder =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder)));
    }

    [Fact]
    public async Task Where_named_servers_are_not_allowed_there_are_none()
    {
        await using var hub = await HubCalls.StartAsync(("AllowNamedServers", "false"));

        foreach (var answer in new[] { await hub.StartServerAsync("alice/servers/one"), await hub.StopServerAsync("alice/servers/one") })
        {
            Assert.Equal((400, "Named servers are not enabled."), (answer.Status, answer.Message));
        }
    }

    [SkippableTheory]
    [InlineData("6.0", "a-b1", 201)]
    [InlineData("6.0", "a--b", 400)]
    [InlineData("6.0", "1a", 400)]
    [InlineData("6.0", "Abc", 400)]
    [InlineData("6.0", "abcdefghijabcdefghijabcdefghijk", 400)]
    [InlineData("5.5", "1 A!", 201)]
    [InlineData("5.5", "%0A", 400)]
    public async Task A_name_is_what_the_version_takes(string profile, string name, int status)
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Profile", profile));

        Assert.Equal(status, (await hub.StartServerAsync("alice/servers/" + Uri.EscapeDataString(Uri.UnescapeDataString(name)))).Status);
    }

    [SkippableFact]
    public async Task Two_servers_are_never_one_OAuth_client()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("Users:alice-b", "pw"));
        Assert.Equal(201, (await hub.StartServerAsync("alice-b/server")).Status);

        var twin = await hub.StartServerAsync("alice/servers/b");

        Assert.Equal((400, "Invalid server_name (its OAuth client id is that of alice-b): b"), (twin.Status, twin.Message));
    }

    [Fact]
    public async Task A_server_that_somebody_else_runs_is_neither_started_nor_stopped()
    {
        await using var stub = await StubIde.StartAsync();
        await using var hub = await HubCalls.StartAsync(("Servers:0:User", "alice"), ("Servers:0:Url", stub.Url.ToString()), ("Servers:0:ApiToken", "alice-server-token-0123456789abcdef"));
        await hub.BecomesAsync("ready", "alice");

        var start = await hub.StartServerAsync("alice/server");
        var stop = await hub.StopServerAsync("alice/server");

        Assert.Equal((400, "alice is already running"), (start.Status, start.Message));
        Assert.Equal((400, "alice is not this hub's to stop: it was started by whoever set Hub:Servers."), (stop.Status, stop.Message));
        Assert.True((await hub.ServerAsync("alice"))!["ready"]!.GetValue<bool>());
    }
}
