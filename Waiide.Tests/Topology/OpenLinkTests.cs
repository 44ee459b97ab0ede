using Microsoft.Playwright;
using Waiide.Tests.Gateway.Open;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Topology;

/// <summary>A link to a file of a repository, followed in a browser with the real IDE.</summary>
public sealed class OpenLinkTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_person_clicks_a_link_says_yes_and_sees_the_line()
    {
        await using var gateway = await GatewayWithIde.StartAsync();
        await using var server = await GitServer.StartAsync();
        var page = await Chromium.NewPageAsync();

        await page.GotoAsync($"{gateway.Url}open?repo={Uri.EscapeDataString(server.Letters)}&ref=main&path=src/letter.txt&line=150");
        await page.GetByLabel("Token").FillAsync(GatewayWithIde.Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByText(server.Letters)).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Clone and open" }).ClickAsync();

        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.HasEditor("letter.txt");
        await Expect(page.Locator(".part.statusbar")).ToContainTextAsync("Ln 150, Col 1");
        await workbench.ExplorerShows("second.txt");
        await Expect(page.Locator(".part.statusbar")).ToContainTextAsync("Restricted Mode"); // Programs that it names are not run before the person trusts it.
        Assert.Equal("main", GitServer.Git(gateway.FileOf("letters"), "branch", "--show-current"));
    }
}
