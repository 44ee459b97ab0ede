using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>The hub's pages as people use them: in a real browser, by keyboard, and by those who would harm others through their names.</summary>
public sealed class PagesTests(Chromium chromium) : BrowserTests(chromium)
{
    private static Task<RunningHub> StartHub(params (string, string)[] settings) => RunningHub.StartAsync(
        [("Users:ada", "pw"), ("Users:bob", "pw"), ("Admins", "ada"), ("Groups:team", "bob"), ("Spawner:SlowSpawnTimeout", "1"), ("Spawner:HttpTimeout", "20"), .. settings]);

    [SkippableFact]
    public async Task Signing_in_takes_nothing_but_the_keyboard_and_leads_where_one_wanted_to_go()
    {
        Prerequisites.Need("chromium");
        await using var hub = await StartHub(("Operator", "the <b>laboratory</b>"));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var (page, keys) = (watched.Page, watched.Page.Keyboard);

        await watched.GoAsync("/hub/token");
        await Expect(page.GetByText("run by the <b>laboratory</b>")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("User name")).ToBeFocusedAsync();
        await keys.TypeAsync("bob");
        await keys.PressAsync("Tab");
        await keys.TypeAsync("wrong");
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync("Invalid username or password");

        await Expect(page.GetByLabel("Password")).ToBeFocusedAsync();
        await keys.TypeAsync("pw");
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Tokens");

        await keys.PressAsync("Tab");
        await Expect(page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign out" }).PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task Every_page_can_be_read_in_light_and_dark_and_on_a_narrow_screen()
    {
        Prerequisites.Need("chromium");
        await using var hub = await StartHub();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);

        await watched.GoAsync("/hub/login");
        await Readable.IsAsync(watched.Page);
        await watched.Page.GetByLabel("User name").FillAsync("ada");
        await watched.Page.GetByLabel("Password").FillAsync("wrong");
        await watched.Page.Keyboard.PressAsync("Enter");
        await Expect(watched.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await Readable.IsAsync(watched.Page);

        await watched.SignInAsync("ada");
        foreach (var path in new[] { "/hub/home", "/hub/token", "/hub/admin", "/hub/nowhere", "/user/ada/notebook", "/user/nobody/" })
        {
            await watched.GoAsync(path);
            await Readable.IsAsync(watched.Page);
        }

        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task Hostile_names_are_words_and_nothing_more()
    {
        Prerequisites.Need("chromium");
        const string hostile = "\"'><img src=x onerror=alert(1)><b>";
        await using var hub = await StartHub(
            ("Users:<img onerror>&\"'", "pw"),
            ("Groups:<b>group", "bob"),
            ("Servers:0:User", "ada"), ("Servers:0:Name", hostile), ("Servers:0:Url", "http://127.0.0.1:9"), ("Servers:0:ApiToken", "ada-hostile-server-0123456789"));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("ada", "/hub/token");
        await watched.Page.GetByLabel("What is it for?").FillAsync(hostile);
        await watched.Button("Make a token").ClickAsync();
        await watched.ConfirmAsync("Done");

        foreach (var (path, words) in new[] { ("/hub/token", hostile), ("/hub/home", hostile), ("/hub/admin", "<img onerror>&\"'"), ("/hub/admin", "<b>group"), ($"/hub/admin?search={Uri.EscapeDataString(hostile)}", "Nobody is found.") })
        {
            await watched.GoAsync(path);
            await Expect(watched.Page.GetByText(words).First).ToBeVisibleAsync();
            Assert.Equal(0, await watched.Page.Locator("img, main b").CountAsync());
        }

        await watched.GoAsync($"/hub/login?username={Uri.EscapeDataString(hostile)}&next={Uri.EscapeDataString("javascript:alert(1)")}");
        watched.HasNoComplaints();
    }

    [SkippableTheory]
    [InlineData("3.0")] // Forged requests are told by the Referer there, and by _xsrf elsewhere; the page works with both.
    [InlineData("5.5")]
    public async Task A_token_is_shown_once_works_until_it_is_revoked_and_then_no_more(string profile)
    {
        Prerequisites.Need("chromium");
        await using var hub = await StartHub(("Profile", profile));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var page = watched.Page;
        await watched.SignInAsync("bob", "/hub/token");

        await page.GetByLabel("What is it for?").FillAsync("backup");
        await page.GetByLabel("Scopes").FillAsync("read:users!user no:such");
        await watched.Button("Make a token").ClickAsync();
        await Expect(page.Locator("form .error")).Not.ToBeEmptyAsync(); // In the words of that version.
        await page.GetByLabel("Scopes").FillAsync("read:users!user");
        await watched.Button("Make a token").ClickAsync();
        var token = await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox).InputValueAsync();
        await watched.ConfirmAsync("Copy");
        await Expect(watched.Button("Copied")).ToBeVisibleAsync();
        await watched.ConfirmAsync("Done");
        await Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("backup.*never.*in (59 minutes|1 hour)") })).ToBeVisibleAsync();
        Assert.DoesNotContain(token, await page.ContentAsync(), StringComparison.Ordinal);

        using var program = hub.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, await AskAsync());
        await Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("backup.*just now") })).ToBeVisibleAsync(); // The page noticed by itself.

        await watched.Button("Revoke backup").ClickAsync();
        await watched.ConfirmAsync("Cancel");
        Assert.Equal(HttpStatusCode.OK, await AskAsync());
        await watched.Button("Revoke backup").ClickAsync();
        await watched.ConfirmAsync("Revoke");
        await Expect(watched.Button("Revoke backup")).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync());
        watched.HasNoComplaints();

        async Task<HttpStatusCode> AskAsync()
        {
            using var answer = await program.GetAsync("/hub/api/user", ("Authorization", "token " + token));
            return answer.StatusCode;
        }
    }

    [SkippableFact]
    public async Task A_page_that_brings_itself_up_to_date_disturbs_neither_focus_nor_what_is_typed()
    {
        Prerequisites.Need("chromium");
        await using var hub = await StartHub();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob", "/hub/token");
        var note = watched.Page.GetByLabel("What is it for?");
        await note.PressSequentiallyAsync("half a sen");
        await watched.Page.EvaluateAsync("() => { document.getElementById('note').mark = 'the same element'; }");

        using var elsewhere = await hub.SignedInAsync("bob");
        using var made = await elsewhere.SendAsync(HttpMethod.Post, "/hub/api/users/bob/tokens", new StringContent("""{"note": "from elsewhere"}"""), ("X-XSRFToken", elsewhere.Cookie("_xsrf", "/hub/") ?? ""));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        await Expect(watched.Page.GetByText("from elsewhere")).ToBeVisibleAsync();
        await Expect(note).ToBeFocusedAsync();
        await watched.Page.Keyboard.TypeAsync("tence");
        await Expect(note).ToHaveValueAsync("half a sentence");
        Assert.Equal("the same element", await watched.Page.EvaluateAsync<string>("() => document.getElementById('note').mark"));
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task A_named_server_is_added_watched_until_it_can_be_opened_stopped_and_removed()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await StartHub();
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
        await using var hub = await StartHub(("Spawner:HttpTimeout", "10"));
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
        await using var hub = await StartHub(("Spawner:Cmd:0", "no-such-program"));
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
        await using var hub = await StartHub(("Spawner:HttpTimeout", "3"));
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
        await using var hub = await StartHub();
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
    public async Task What_the_hub_refuses_stays_to_be_read_and_mended()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await StartHub(("NamedServerLimitPerUser", "1"));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob");
        await watched.Page.GetByLabel("Name").FillAsync("one");
        await watched.Button("Add and start").ClickAsync();
        await Expect(watched.Server("one").GetByRole(AriaRole.Link)).ToBeVisibleAsync();

        await watched.Page.GetByLabel("Name").FillAsync("another");
        await watched.Button("Add and start").ClickAsync();
        var error = watched.Page.Locator("form .error");
        await Expect(error).ToContainTextAsync("maximum of 1 named servers");
        await watched.Page.WaitForResponseAsync(answer => answer.Url.EndsWith("/hub/home", StringComparison.Ordinal)); // The page looked again.
        await watched.Page.WaitForResponseAsync(answer => answer.Url.EndsWith("/hub/home", StringComparison.Ordinal));
        await Expect(error).ToContainTextAsync("maximum of 1 named servers");
        await Expect(watched.Page.GetByLabel("Name")).ToHaveValueAsync("another");
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task A_page_whose_hub_is_away_says_so_and_recovers()
    {
        Prerequisites.Need("chromium");
        using var folder = new TempDirectory();
        await using var hub = await StartHub(("Database", Path.Combine(folder.Path, "hub.sqlite")));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("bob", "/hub/token");
        await watched.Page.GetByLabel("What is it for?").FillAsync("half a sentence");

        await hub.StopAsync();
        await Expect(watched.Page.Locator("#failed")).ToContainTextAsync("The hub does not answer");
        await watched.Button("Make a token").ClickAsync();
        await Expect(watched.Page.Locator("form .error")).ToContainTextAsync("The hub does not answer");

        await hub.StartAgainAsync();
        await Expect(watched.Page.Locator("#said")).ToContainTextAsync("The hub is back");
        await Expect(watched.Page.Locator("#failed")).ToBeEmptyAsync();
        await Expect(watched.Page.GetByLabel("What is it for?")).ToHaveValueAsync("half a sentence");
    }

    [SkippableFact]
    public async Task Whoever_was_signed_out_elsewhere_is_told_and_led_to_the_login_but_keeps_what_was_typed()
    {
        Prerequisites.Need("chromium");
        await using var hub = await StartHub();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var idle = watched.Page;
        await watched.SignInAsync("bob");
        var typing = await idle.Context.NewPageAsync();
        await typing.GotoAsync(new Uri(hub.Front, "/hub/token").ToString());
        await typing.GetByLabel("What is it for?").FillAsync("half a sentence");

        await idle.Context.ClearCookiesAsync();

        await Expect(idle.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        await Expect(idle.Locator("#said")).ToContainTextAsync("You are signed out");
        await Expect(typing.Locator("#failed")).ToContainTextAsync("You are signed out. Sign in again");
        await Expect(typing.GetByLabel("What is it for?")).ToHaveValueAsync("half a sentence");
        await typing.GetByRole(AriaRole.Link, new() { Name = "Sign in again" }).ClickAsync();
        await Expect(typing).ToHaveURLAsync(new Regex("/hub/login\\?next=%2Fhub%2Ftoken"));
        watched.HasNoComplaints();
    }

    [SkippableFact]
    public async Task An_address_of_a_stopped_server_starts_it_and_leads_there()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await StartHub();
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
        await using var hub = await StartHub();
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
        await using var hub = await StartHub();
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

    [SkippableFact]
    public async Task An_administrator_adds_a_user_with_a_password_and_stops_what_they_started()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await StartHub();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var page = watched.Page;
        await watched.SignInAsync("ada", "/hub/admin");

        await page.GetByLabel("Names").FillAsync("carol, dan");
        await watched.Button("Add").First.ClickAsync();
        var carol = page.Locator("#user-carol");
        await carol.GetByText("Change").ClickAsync();
        await carol.GetByRole(AriaRole.Button, new() { Name = "New password" }).ClickAsync();
        await watched.ConfirmAsync("New password");
        var password = await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox).InputValueAsync();
        await watched.ConfirmAsync("Done");
        Assert.Matches("^[a-z0-9]{5}(-[a-z0-9]{5}){3}$", password);

        var other = await WatchedPage.OpenAsync(Chromium, hub);
        await other.SignInAsync("carol", password: password);
        await other.Button("Start Default server").ClickAsync();
        await Expect(other.Page.GetByRole(AriaRole.Link, new() { Name = "Open Default server" })).ToBeVisibleAsync();

        await Expect(carol).ToContainTextAsync("running"); // Both pages keep themselves up to date.
        await carol.GetByRole(AriaRole.Button, new() { Name = "Stop Default server" }).ClickAsync();
        await Expect(carol).ToContainTextAsync("not running");
        await Expect(other.Button("Start Default server")).ToBeVisibleAsync();

        await carol.GetByText("Change").ClickAsync(); // It folded in again when something else was pressed.
        await carol.GetByRole(AriaRole.Button, new() { Name = "Make administrator" }).ClickAsync();
        await watched.ConfirmAsync("Make administrator");
        await Expect(carol.GetByText("administrator", new() { Exact = true })).ToBeVisibleAsync();
        await carol.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await watched.ConfirmAsync("Delete");
        await Expect(carol).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Users", Exact = true })).ToBeFocusedAsync(); // What had the focus is gone; the next thing is near.
        await Expect(page.Locator("#user-dan")).ToBeVisibleAsync();
        Assert.DoesNotContain(password, hub.Process.Output, StringComparison.Ordinal);
        watched.HasNoComplaints();
        other.HasNoComplaints();
    }

    [SkippableFact]
    public async Task Groups_get_members_and_lose_them()
    {
        Prerequisites.Need("chromium");
        await using var hub = await StartHub();
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        await watched.SignInAsync("ada", "/hub/admin");
        var group = watched.Page.Locator("#group-team");

        await group.GetByText("team · 1 member").ClickAsync();
        await watched.Page.GetByLabel("Add a user to team").FillAsync("ada");
        await watched.Page.Keyboard.PressAsync("Enter");
        await Expect(group).ToContainTextAsync("team · 2 members");
        await watched.Button("Remove bob from team").ClickAsync();
        await Expect(group).ToContainTextAsync("team · 1 member");
        await Expect(watched.Page.Locator("#user-ada")).ToContainTextAsync("team");
        watched.HasNoComplaints();
    }

    [Fact]
    public async Task The_administrators_page_is_for_administrators_and_passwords_are_not_set_by_other_pages()
    {
        await using var hub = await StartHub();
        using var bob = await hub.SignedInAsync("bob");
        using var page = await bob.GetAsync("/hub/admin");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        using var his = await PasswordAsync(bob, bob.Cookie("_xsrf", "/hub/"));
        Assert.Equal(HttpStatusCode.Forbidden, his.StatusCode);

        using var ada = await hub.SignedInAsync("ada");
        using var forged = await PasswordAsync(ada, xsrf: null);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        using var hers = await PasswordAsync(ada, ada.Cookie("_xsrf", "/hub/"));
        Assert.Equal(HttpStatusCode.OK, hers.StatusCode);
        Assert.Equal("no-store", hers.Headers.CacheControl!.ToString());

        static Task<HttpResponseMessage> PasswordAsync(Browser browser, string? xsrf) =>
            browser.SendAsync(HttpMethod.Post, "/hub/admin/users/bob/password", content: null, xsrf is null ? [] : [("X-XSRFToken", xsrf)]);
    }

    [Fact]
    public async Task Whoever_administers_users_sets_nobodys_password_and_sees_only_what_the_API_shows_them()
    {
        await using var hub = await StartHub(
            ("Users:carol", "pw"), ("Roles:desk:Scopes", "admin:users"), ("Roles:desk:Users", "bob"), ("Roles:looker:Scopes", "admin-ui"), ("Roles:looker:Users", "carol"));
        using var bob = await hub.SignedInAsync("bob");
        using var tokens = await bob.GetAsync("/hub/token");
        foreach (var user in new[] { "ada", "carol" })
        {
            using var set = await bob.SendAsync(HttpMethod.Post, $"/hub/admin/users/{user}/password", content: null, ("X-XSRFToken", bob.Cookie("_xsrf", "/hub/")!));
            Assert.Equal(HttpStatusCode.Forbidden, set.StatusCode);
        }

        using var carol = await hub.SignedInAsync("carol");
        using var page = await carol.GetAsync("/hub/admin");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
    }

    [Fact]
    public async Task A_browser_that_lost_the_cookie_of_the_script_gets_a_new_one_with_the_page()
    {
        await using var hub = await StartHub();
        using var browser = await hub.SignedInAsync("bob");
        browser.SetCookie("_xsrf", "lost", "/hub/");
        using var page = await browser.GetAsync("/hub/token");
        Assert.NotEqual("lost", browser.Cookie("_xsrf", "/hub/"));
        using var made = await browser.SendAsync(HttpMethod.Post, "/hub/api/users/bob/tokens", content: null, ("X-XSRFToken", browser.Cookie("_xsrf", "/hub/")!));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }

    [Fact]
    public async Task The_script_may_be_kept_for_ever_because_another_one_has_another_address()
    {
        await using var hub = await StartHub();
        using var browser = hub.NewBrowser();
        using var login = await browser.GetAsync("/hub/login");
        var policy = login.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);

        var page = await login.Content.ReadAsStringAsync();
        var address = Regex.Match(page, "<script type=\"module\" src=\"([^\"]+)\"></script>").Groups[1].Value;
        Assert.Single(Regex.Matches(page, "<script"));
        using var script = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
        Assert.Equal("text/javascript", script.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", script.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using var old = await browser.GetAsync(Regex.Replace(address, "-[0-9a-f]{4}", "-0000"));
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
    }

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(59, "just now")]
    [InlineData(60, "1 minute ago")]
    [InlineData(7199, "1 hour ago")]
    [InlineData(7200, "2 hours ago")]
    [InlineData(86400, "yesterday")]
    [InlineData(172800, "2 days ago")]
    public void Time_is_told_in_words(int seconds, string words) =>
        Assert.Equal(words, Waiide.Hub.Mock.Pages.Words.AgoText(TimeSpan.FromSeconds(seconds)));
}
