using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>The pages on which people start their servers, wait for them and stop them, in a real browser.</summary>
public sealed class ServerPagesTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_named_server_is_added_watched_until_it_can_be_opened_stopped_and_removed()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var page = watched.Page;
        await watched.SignInAsync("bob");

        await page.GetByLabel("Name").FillAsync("a/b");
        await page.Keyboard.PressAsync("Enter");
        Assert.False(await page.GetByLabel("Name").EvaluateAsync<bool>("input => input.checkValidity()"));
        await page.GetByLabel("Name").FillAsync("slow-1");
        await page.Keyboard.PressAsync("Enter");

        var server = watched.Server("slow-1");
        await Expect(server).ToContainTextAsync("starting");
        await Expect(server.GetByRole(AriaRole.Progressbar)).ToHaveJSPropertyAsync("value", 50.0);
        await Expect(server.GetByRole(AriaRole.Status)).Not.ToBeEmptyAsync();
        await server.GetByText("What happened so far").ClickAsync();
        await Expect(server.GetByText("Server requested")).ToBeVisibleAsync();
        await Readable.IsAsync(page);
        await Expect(server.GetByRole(AriaRole.Link, new() { Name = "Open slow-1" })).ToHaveAttributeAsync("href", "/user/bob/slow-1/");
        await Expect(server.GetByRole(AriaRole.Progressbar)).ToBeHiddenAsync();

        await watched.Button("Stop slow-1").PressAsync("Enter");
        await Expect(watched.Button("Start slow-1")).ToBeVisibleAsync();
        await Expect(server.Locator(":focus")).ToHaveCountAsync(1); // Whoever works by keyboard stays at this server.
        await watched.Button("Remove slow-1").ClickAsync();
        await watched.ConfirmAsync("Remove");
        await Expect(server).ToHaveCountAsync(0);
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task A_start_that_fails_says_why_and_can_be_tried_again()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync(("Spawner:HttpTimeout", "10"));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob");

        await watched.Page.GetByLabel("Name").FillAsync("never-1");
        await watched.Button("Add and start").ClickAsync();

        var server = watched.Server("never-1");
        await Expect(server.GetByRole(AriaRole.Alert)).ToContainTextAsync("didn't respond in 10 seconds");
        await Expect(server).ToContainTextAsync("not running");
        await server.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(server.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
        await Expect(server).ToContainTextAsync("starting");
        await Expect(server.GetByRole(AriaRole.Alert)).ToContainTextAsync("didn't respond in 10 seconds");
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task A_start_that_fails_at_once_has_a_page_that_says_why_and_tries_again()
    {
        Prerequisites.Need("chromium");
        await using var hub = await WatchedPage.HubAsync(("Spawner:Cmd:0", "no-such-program"));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob");

        var answer = await watched.Page.GotoAsync(new Uri(hub.Front, "/hub/spawn/bob?next=%2Fuser%2Fbob%2Ffile").ToString());
        Assert.Equal(500, answer!.Status);
        await Expect(watched.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your server could not be started");
        await Expect(watched.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("no-such-program is not on the servers' PATH");
        await Expect(watched.Button("Try again")).ToBeFocusedAsync();
        await Readable.IsAsync(watched.Page);
        await watched.Page.Keyboard.PressAsync("Enter");
        await Expect(watched.Page).ToHaveURLAsync(new Regex("/hub/spawn/bob\\?next="));
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task Whoever_waits_for_a_start_that_fails_gets_to_the_page_that_says_so()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync(("Spawner:HttpTimeout", "3"));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob");

        await watched.GoAsync("/hub/spawn/bob/never-1");

        await Expect(watched.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your server never-1 could not be started");
        await Expect(watched.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("didn't respond in 3 seconds");
        await Expect(watched.Button("Try again")).ToBeVisibleAsync();
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task A_second_click_and_a_second_tab_start_nothing_twice_and_lose_nothing_that_is_typed()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var page = watched.Page;
        await watched.SignInAsync("bob");
        var asked = 0;
        await page.RouteAsync("**/hub/api/users/bob/server*/**", SlowlyAsync); // A slow network: longer than the page waits between two looks.
        await page.RouteAsync("**/hub/api/users/bob/server", SlowlyAsync);
        var stale = await page.Context.NewPageAsync(); // It shows the default server as it was.
        await stale.GotoAsync(new Uri(hub.Front, "/hub/home").ToString());

        await watched.Button("Start Default server").DblClickAsync();
        await page.GetByLabel("Name").FillAsync("slow-1");
        await watched.Button("Add and start").DblClickAsync();
        await page.GetByLabel("Name").FillAsync("the next one");
        await stale.GetByRole(AriaRole.Button, new() { Name = "Start Default server" }).ClickAsync();

        await Expect(watched.Server("slow-1").GetByRole(AriaRole.Link)).ToBeVisibleAsync();
        await Expect(watched.Server("Default server").GetByRole(AriaRole.Link)).ToBeVisibleAsync();
        await Expect(stale.GetByRole(AriaRole.Link, new() { Name = "Open Default server" })).ToBeVisibleAsync();
        await Expect(stale.GetByRole(AriaRole.Alert).Filter(new() { HasTextRegex = new Regex(".") })).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Name")).ToHaveValueAsync("the next one");
        Assert.Equal(2, asked);
        watched.HasNoComplaints();

        async Task SlowlyAsync(IRoute route)
        {
            if (route.Request.Method == "POST")
            {
                Interlocked.Increment(ref asked);
                await Task.Delay(TimeSpan.FromSeconds(6));
            }

            await route.ContinueAsync();
        }
    }

    [SkippableFact]
    public async Task An_address_of_a_stopped_server_starts_it_and_leads_there()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob");

        await watched.GoAsync("/user/bob/some/file?line=3");
        await Readable.IsAsync(watched.Page);
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Start it" }).PressAsync("Enter");

        await Expect(watched.Page).ToHaveURLAsync(new Uri(hub.Front, "/user/bob/some/file?line=3").ToString());
        await Expect(watched.Page.Locator("body")).ToContainTextAsync("\"target\":\"/user/bob/some/file?line=3\"");
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task Starting_shows_the_progress_and_leads_into_the_server_by_itself()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob");

        await watched.GoAsync("/hub/spawn/bob/slow-1");
        await Expect(watched.Page).ToHaveURLAsync(new Regex("/hub/spawn-pending/bob/slow-1"));
        await Expect(watched.Page.GetByRole(AriaRole.Progressbar)).ToHaveJSPropertyAsync("value", 50.0);
        await Readable.IsAsync(watched.Page);

        await Expect(watched.Page).ToHaveURLAsync(new Uri(hub.Front, "/user/bob/slow-1/").ToString());
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task Without_scripts_one_gets_from_the_login_into_a_new_server()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync();
        var watched = await WatchedPage.OpenAsync(Chromium, hub, scripts: false);
        await watched.SignInAsync("bob");

        await watched.Button("Start Default server").ClickAsync();

        // If it takes longer than a moment there is a page to wait on. (What is for browsers without scripts does not show in this one, which only does not run them.)
        await Eventually.Is(
            async () =>
            {
                if (watched.Page.Url == new Uri(hub.Front, "/user/bob/").ToString())
                {
                    return true;
                }

                Assert.Contains("<noscript><meta http-equiv=\"refresh\"", await watched.Page.ContentAsync(), StringComparison.Ordinal);
                await watched.Page.ReloadAsync();
                return false;
            },
            "the page leads into the server");
    }
}
