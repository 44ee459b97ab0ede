using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>The pictures of the hub in docs/images. docs/images/hub-pages makes them; without it they only have to be possible.</summary>
public sealed class PictureTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task The_pictures_of_the_documentation_can_be_made()
    {
        Prerequisites.Need("chromium", "node");
        using var elsewhere = new TempDirectory();
        var folder = Environment.GetEnvironmentVariable("HUB_PICTURES") is { Length: > 0 } wanted ? wanted : elsewhere.Path;
        await using var hub = await RunningHub.StartAsync(
            ("Users:ada", "pw"), ("Users:grace", "pw"), ("Users:katherine", "pw"), ("Users:barbara", "pw"), ("Admins", "ada"),
            ("Groups:laboratory", "grace,katherine"), ("Operator", "the laboratory"), ("Spawner:SlowSpawnTimeout", "1"));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var page = watched.Page;
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await page.SetViewportSizeAsync(1100, 760);

        await watched.GoAsync("/hub/login");
        await Picture("hub-login");

        await watched.SignInAsync("ada");
        await watched.Button("Start Default server").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open Default server" })).ToBeVisibleAsync();
        await Expect(page.Locator("#said")).ToBeEmptyAsync(); // No notice is in the picture.
        await page.GetByLabel("Name").FillAsync("slow-analysis");
        await watched.Button("Add and start").ClickAsync();
        var server = watched.Server("slow-analysis");
        await Expect(server.GetByRole(AriaRole.Progressbar)).ToHaveJSPropertyAsync("value", 50.0);
        await server.GetByText("What happened so far").ClickAsync();
        await Expect(page.Locator("#said")).ToBeEmptyAsync();
        await Expect(server.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync(); // Still.
        await Picture("hub-home");

        await Expect(server.GetByRole(AriaRole.Link, new() { Name = "Open slow-analysis" })).ToBeVisibleAsync();
        await watched.GoAsync("/hub/admin");
        await page.Locator("#user-grace").GetByRole(AriaRole.Button, new() { Name = "Start Default server" }).ClickAsync();
        await Expect(page.Locator("#user-grace").GetByRole(AriaRole.Link)).ToBeVisibleAsync();
        await page.Locator("#user-katherine").GetByText("Change").ClickAsync();
        await Expect(page.Locator("#said")).ToBeEmptyAsync();
        await Picture("hub-admin");
        watched.HasNoComplaints();

        async Task Picture(string name) => Assert.NotEmpty(await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true, Animations = ScreenshotAnimations.Disabled }));
    }
}
