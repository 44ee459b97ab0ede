using System.Net;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>The page of those who administer users and groups, in a real browser, and who may not.</summary>
public sealed class AdministrationPageTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task An_administrator_adds_a_user_with_a_password_and_stops_what_they_started()
    {
        Prerequisites.Need("chromium", "node");
        await using var hub = await WatchedPage.HubAsync();
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
        await using var hub = await WatchedPage.HubAsync();
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
        await using var hub = await WatchedPage.HubAsync();
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
        await using var hub = await WatchedPage.HubAsync(
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
}
