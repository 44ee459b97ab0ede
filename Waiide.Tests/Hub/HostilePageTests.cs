using System.Net;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>Pages of one user's server that another user opens: they are of the hub's origin, and try to act as whoever opened them.</summary>
public sealed class HostilePageTests(Chromium chromium) : BrowserTests(chromium)
{
    private static readonly string Server = Path.Combine(Path.GetDirectoryName(RunningHub.SingleUserServer)!, "hostile.mjs");

    [SkippableTheory]
    [InlineData("4.1")]
    [InlineData("5.5")]
    [InlineData("6.0")]
    public async Task A_page_of_another_users_server_reads_nothing_of_the_hub(string profile)
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await StartAsync(("Profile", profile));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("root", "/hub/token");

        await watched.GoAsync("/user/bob/page");
        await Expect(watched.Page).ToHaveTitleAsync("done");

        var got = JsonNode.Parse(await watched.Page.Locator("#got").InnerTextAsync())!.AsObject().Select(entry => $"{entry.Key}: {entry.Value}");
        Assert.Equal(
            [
                "fetch: not read", "prefetch: not read", "window: refused: SecurityError", "frame: not read",
                "worker of all: refused: SecurityError", "worker of its own: /user/bob/", "picture through a worker: not read", "cookie: not read",
            ],
            got);
    }

    [SkippableFact]
    public async Task A_server_sets_no_cookie_that_the_hub_goes_by()
    {
        Prerequisites.Need("node");
        await using var hub = await StartAsync();
        using var browser = hub.NewBrowser();
        using var answer = await browser.GetAsync("/user/bob/cookies");
        Assert.Equal(["_xsrf=tossed; Path=/user/bob/", "_xsrf=twice; Path=/user/bob/", "_xsrf=own; Path=/user/bob/", "other=own; Path=/"], answer.Headers.GetValues("Set-Cookie"));
    }

    private static async Task<RunningHub> StartAsync(params (string, string)[] settings)
    {
        var hub = await HubCalls.StartAsync([("Spawner:Cmd:0", "node"), ("Spawner:Cmd:1", Server), .. settings]);
        var started = await hub.StartServerAsync("bob/server");
        Assert.True(started.Status is (int)HttpStatusCode.Created or (int)HttpStatusCode.Accepted, $"The hub answered {started.Status}.");
        await hub.BecomesAsync("ready", "bob");
        return hub;
    }
}
