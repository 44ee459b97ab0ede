using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>The hub's pages as people use them: in a real browser, by keyboard, and by those who would harm others through their names.</summary>
public sealed class PagesTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task Signing_in_takes_nothing_but_the_keyboard_and_leads_where_one_wanted_to_go()
    {
        Prerequisites.Need("chromium");
        await using var hub = await WatchedPage.HubAsync(("Operator", "the <b>laboratory</b>"));
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
        await using var hub = await WatchedPage.HubAsync();
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
        await using var hub = await WatchedPage.HubAsync(
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
        await using var hub = await WatchedPage.HubAsync(("Profile", profile));
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
        await using var hub = await WatchedPage.HubAsync();
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
    public async Task What_the_hub_refuses_stays_to_be_read_and_mended()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync(("NamedServerLimitPerUser", "1"));
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
        await using var hub = await WatchedPage.HubAsync(("Database", Path.Combine(folder.Path, "hub.sqlite")));
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
        await using var hub = await WatchedPage.HubAsync();
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

    [Fact]
    public async Task A_browser_that_lost_the_cookie_of_the_script_gets_a_new_one_with_the_page()
    {
        await using var hub = await WatchedPage.HubAsync();
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
        await using var hub = await WatchedPage.HubAsync();
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
