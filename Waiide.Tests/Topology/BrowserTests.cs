using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

[Collection("hub topology")]
public sealed class BrowserThroughTheHubTests(HubTopology topology, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_person_signs_in_at_the_hub_and_works_in_the_IDE()
    {
        await topology.BootAsync();
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(new Uri(topology.App.GetEndpoint("hub", "front"), "/user/demo/").AbsoluteUri);
        await HubPages.SignIn(page, "demo", HubTopology.Password);

        await Work.InTheIde(new Workbench(page), topology.Workspace);
    }

    [SkippableFact]
    public async Task A_webview_is_drawn_in_its_frame()
    {
        await topology.BootAsync();
        await File.WriteAllTextAsync(Path.Combine(topology.Workspace, "letter.md"), "# Dear reader");
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(new Uri(topology.App.GetEndpoint("hub", "front"), "/user/demo/").AbsoluteUri);
        await HubPages.SignIn(page, "demo", HubTopology.Password);
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenFile("letter.md");

        await workbench.Run("Markdown: Open as Preview");

        await Assertions.Expect(page.FrameLocator("iframe.webview").FrameLocator("iframe").Locator("h1")).ToHaveTextAsync("Dear reader");
    }

    [SkippableFact]
    public async Task A_wrong_password_is_refused_with_a_sentence()
    {
        await topology.BootAsync();
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(new Uri(topology.App.GetEndpoint("hub", "front"), "/user/demo/").AbsoluteUri);
        await HubPages.SignIn(page, "demo", "wrong");

        await Assertions.Expect(page.GetByText("Invalid username or password")).ToBeVisibleAsync();
        Assert.Contains("/hub/login", page.Url, StringComparison.Ordinal);
    }
}

[Collection("standalone topology")]
public sealed class BrowserStandaloneTests(StandaloneTopology topology, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_person_opens_the_token_link_and_works_in_the_IDE()
    {
        await topology.BootAsync();
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(new Uri(topology.App.GetEndpoint("gateway", "http"), $"/login?token={StandaloneTopology.Token}").AbsoluteUri);

        Assert.DoesNotContain(StandaloneTopology.Token, page.Url, StringComparison.Ordinal);
        await Work.InTheIde(new Workbench(page), topology.Workspace);
    }
}

internal static class HubPages
{
    /// <summary>Fills the hub's login form.</summary>
    public static async Task SignIn(IPage page, string user, string password)
    {
        await page.GetByLabel("User name").FillAsync(user);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
