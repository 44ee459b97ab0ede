using System.Net;
using System.Text.Json.Nodes;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>What the hub starts by itself: the real gateway, which supervises an IDE.</summary>
public sealed class GatewaySpawnTests
{
    [SkippableTheory]
    [InlineData("3.0")]
    [InlineData("6.0")]
    public async Task A_gateway_with_an_IDE_of_its_own_is_started_used_and_stopped(string profile)
    {
        Prerequisites.Need("node", "setsid");
        using var tools = new TempDirectory();
        var ide = new StubCodeServer(tools.Path, tools.Path);
        await using var hub = await HubCalls.StartAsync(("Spawner:Cmd", ""), ("Spawner:Environment:WAIIDE_IDE_COMMAND", ide.Program), ("Profile", profile));

        Assert.Equal(201, (await hub.StartServerAsync("alice/server")).Status);
        Assert.Equal(201, (await hub.StartServerAsync("alice/servers/second")).Status);

        // Through login and OAuth to a page of the IDE's own.
        using var browser = await hub.SignedInAsync("alice");
        foreach (var prefix in new[] { "/user/alice/", "/user/alice/second/" })
        {
            var page = "";
            await Eventually.Is(async () => (page = (await browser.OpenAsync(prefix)).Page).Contains("data-settings", StringComparison.Ordinal), $"the IDE's page is at {prefix}; there was:\n{page}");
        }

        // Two servers of one user: one home, two places for what they keep.
        Assert.All(new[] { "", "second" }, name => Assert.Equal(Path.Combine(hub.Folder, "alice", "home"), Processes.FolderOf(GatewayOf(hub, name))));
        Assert.True(Directory.Exists(Path.Combine(hub.Folder, "alice", "servers", "default~", "data", "user-data")));
        Assert.True(Directory.Exists(Path.Combine(hub.Folder, "alice", "servers", "second", "data", "user-data")));
        using var stranger = await hub.SignedInAsync("bob");
        using var refused = await stranger.GetAsync("/user/alice/");
        using var authorize = await stranger.GetAsync(refused.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Forbidden, authorize.StatusCode);

        var started = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(hub.Folder, "alice", "servers", "default~", "data", "user-data", "run.json")))!;
        Assert.Equal(204, (await hub.StopServerAsync("alice/server")).Status);

        Assert.Empty(hub.Servers());
        Assert.All(new[] { "pid", "inGroup", "outside" }, name => Assert.False(HubCalls.IsRunning(started[name]!.GetValue<int>()), $"{name} still runs"));
        Assert.NotEmpty(hub.Servers("second"));
    }

    [SkippableFact]
    public async Task A_hub_that_is_shipped_starts_the_gateway_that_is_shipped_in_its_folder()
    {
        Prerequisites.Need("node", "setsid");
        Skip.If(Shipped.Program("Waiide.Hub.Mock") is null, "Nothing is published: WAIIDE_TEST_PUBLISHED is not set.");
        using var shipped = new TempDirectory();
        foreach (var file in new[] { "Waiide.Hub.Mock", "Waiide.Gateway" }.SelectMany(name => Directory.GetFiles(Path.GetDirectoryName(Shipped.Program(name))!)))
        {
            File.Copy(file, Path.Combine(shipped.Path, Path.GetFileName(file)), overwrite: true);
        }

        using var tools = new TempDirectory();
        var ide = new StubCodeServer(tools.Path, tools.Path);
        await using var hub = await HubCalls.StartAsync(("Spawner:Cmd", ""), ("Spawner:Environment:WAIIDE_IDE_COMMAND", ide.Program));
        await hub.StopAsync();
        hub.Program = Path.Combine(shipped.Path, "Waiide.Hub.Mock");
        await hub.StartAgainAsync();

        var start = await hub.StartServerAsync("alice/server");

        Assert.True(start.Status == 201, start.Body);
        Assert.Equal(Path.Combine(shipped.Path, "Waiide.Gateway"), File.ResolveLinkTarget($"/proc/{GatewayOf(hub, "")}/exe", returnFinalTarget: false)?.FullName);
    }

    [SkippableFact]
    public async Task A_gateway_that_is_killed_leaves_no_IDE_behind()
    {
        Prerequisites.Need("node", "setsid");
        using var tools = new TempDirectory();
        var ide = new StubCodeServer(tools.Path, tools.Path);
        await using var hub = await HubCalls.StartAsync(("Spawner:Cmd", ""), ("Spawner:Environment:WAIIDE_IDE_COMMAND", ide.Program));
        await hub.StartServerAsync("alice/server");
        var run = Path.Combine(hub.Folder, "alice", "servers", "default~", "data", "user-data", "run.json");
        await Eventually.Is(() => File.Exists(run), "the IDE runs");

        System.Diagnostics.Process.Start("kill", ["-KILL", GatewayOf(hub, "").ToString(System.Globalization.CultureInfo.InvariantCulture)])!.WaitForExit();

        await hub.BecomesAsync("stopped", "alice");
        Assert.Empty(hub.Servers());
        var started = JsonNode.Parse(await File.ReadAllTextAsync(run))!;
        Assert.All(new[] { "pid", "inGroup", "outside" }, name => Assert.False(HubCalls.IsRunning(started[name]!.GetValue<int>()), $"{name} still runs"));
    }

    // A process that it starts is a copy of itself for a moment.
    private static int GatewayOf(RunningHub hub, string name) =>
        hub.Servers(name).Where(process => process.CommandLine.Contains("Waiide.Gateway", StringComparison.Ordinal)).Min(process => process.Id);
}
