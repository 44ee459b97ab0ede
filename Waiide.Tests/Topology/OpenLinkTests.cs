using System.Globalization;
using Microsoft.Playwright;
using Waiide.Tests.Gateway.Open;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Topology;

/// <summary>A link to a file of a repository, followed in a browser with the real IDE.</summary>
[Collection("browser")]
public sealed class OpenLinkTests(Chromium chromium)
{
    private const string Token = "token-of-the-link-test";

    [SkippableFact]
    public async Task A_person_clicks_a_link_says_yes_and_sees_the_line()
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        await using var server = await GitServer.StartAsync();
        using var workspace = new TempDirectory();
        using var data = new TempDirectory();
        var port = Ports.Free();
        await using var gateway = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string>
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["WAIIDE_TOKEN"] = Token,
            ["WAIIDE_WORKSPACE"] = workspace.Path,
            ["WAIIDE_DATA_DIR"] = data.Path,
            ["WAIIDE_IDE_COMMAND"] = Path.Combine(Repository.Root, "ide", "code-server"),
        });
        await gateway.WaitForOutput("The IDE can be used.", TimeSpan.FromMinutes(5));
        var page = await chromium.NewPageAsync();

        await page.GotoAsync($"http://localhost:{port}/open?repo={Uri.EscapeDataString(server.Letters)}&ref=main&path=src/letter.txt&line=150");
        await page.GetByLabel("Token").FillAsync(Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByText(server.Letters)).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Clone and open" }).ClickAsync();

        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.HasEditor("letter.txt");
        await Expect(page.Locator(".part.statusbar")).ToContainTextAsync("Ln 150, Col 1", new() { Timeout = 30_000 });
        await workbench.ExplorerShows("second.txt");
        Assert.Equal("main", GitServer.Git(Path.Combine(workspace.Path, "letters"), "branch", "--show-current"));
    }
}
