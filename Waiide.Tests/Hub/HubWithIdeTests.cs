using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>The way that every new user goes: from the login through home into VS Code, with the real gateway and the real IDE.</summary>
public sealed class HubWithIdeTests(Chromium chromium) : BrowserTests(chromium)
{
    // An IDE that was never there before is fetched first.
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 120_000 };

    [SkippableFact]
    public async Task From_the_login_into_the_workbench_and_back_and_in_again_and_into_a_second_one()
    {
        Prerequisites.Need("chromium", "node", "npm", "setsid");
        await using var hub = await RunningHub.StartAsync(
            ("Users:ada", "pw"), ("Spawner:Cmd", ""), ("Spawner:HttpTimeout", "110"), ("Spawner:Environment:WAIIDE_IDE_COMMAND", Path.Combine(Repository.Root, "ide", "code-server")));
        var watched = await WatchedPage.OpenAsync(Chromium, hub);
        var page = watched.Page;
        var home = new Uri(hub.Front, "/hub/home").ToString();
        await watched.SignInAsync("ada");

        await watched.Button("Start Default server").ClickAsync();
        await Expect(watched.Server("Default server").GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await OpenAsync("Default server", "/user/ada/");

        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(home);
        await watched.Button("Stop Default server").ClickAsync();
        await Expect(watched.Button("Start Default server")).ToBeVisibleAsync(Patient);

        await watched.Button("Start Default server").ClickAsync();
        await OpenAsync("Default server", "/user/ada/");

        await watched.GoAsync("/hub/home");
        await page.GetByLabel("Name").FillAsync("second");
        await watched.Button("Add and start").ClickAsync();
        await OpenAsync("second", "/user/ada/second/");

        async Task OpenAsync(string server, string path)
        {
            var open = page.GetByRole(AriaRole.Link, new() { Name = "Open " + server });
            await Expect(open).ToBeVisibleAsync(Patient);
            await open.ClickAsync();
            await Expect(page).ToHaveURLAsync(new Regex("^" + Regex.Escape(new Uri(hub.Front, path).ToString())));
            await new Workbench(page).IsOpen();
        }
    }
}
