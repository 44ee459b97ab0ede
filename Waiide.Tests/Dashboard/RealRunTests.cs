using Microsoft.Playwright;
using Waiide.Tests.Support;
using Waiide.Tests.Topology;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Dashboard;

/// <summary>The dashboard of `dotnet run --project Waiide.AppHost`, by the link that it prints. docs/images/dashboard-pages keeps the pictures; without it they only have to be possible.</summary>
[Collection("browser")]
public sealed class RealRunTests(Chromium chromium)
{
    [SkippableFact]
    public async Task A_person_follows_the_printed_link_stops_and_starts_the_gateway_and_finds_its_lines()
    {
        Prerequisites.Need("chromium", "node", "npm", "setsid");
        using var elsewhere = new TempDirectory();
        var folder = Environment.GetEnvironmentVariable("DASHBOARD_PICTURES") is { Length: > 0 } wanted ? wanted : elsewhere.Path;
        await using var run = AppHostRun.Start();
        await run.IsReady();
        var page = await chromium.NewPageAsync();
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.SetViewportSizeAsync(1280, 620);
        await page.GotoAsync(run.DashboardLink);
        var gateway = page.Row("gateway");
        await Expect(gateway).ToContainTextAsync("Running");
        await Expect(gateway).Not.ToContainTextAsync("Unhealthy", new() { Timeout = 40_000 });
        await Picture("dashboard-resources");

        await gateway.GetByRole(AriaRole.Button, new() { Name = "Stop gateway" }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("Successfully stopped 'gateway'.");
        await Expect(gateway).ToContainTextAsync("Finished");
        await gateway.GetByRole(AriaRole.Button, new() { Name = "Start gateway" }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("Successfully started 'gateway'.", new() { Timeout = 60_000 });
        await Expect(gateway).ToContainTextAsync("Running");

        await page.GetByRole(AriaRole.Link, new() { Name = "hub", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Details of hub" })).ToContainTextAsync("Hub__Users__demo");
        await page.GotoAsync(new Uri(new Uri(run.DashboardLink), "/?view=Graph").AbsoluteUri);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "gateway: Running" })).ToBeVisibleAsync();
        await Picture("dashboard-graph", ColorScheme.Dark);

        await page.GotoAsync(new Uri(new Uri(run.DashboardLink), "/consolelogs/resource/gateway").AbsoluteUri);
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("The IDE server answers");
        await Picture("dashboard-console");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("ANSWERS");
        await Expect(page.Locator("#count")).ToContainTextAsync(" of ");

        async Task Picture(string name, ColorScheme scheme = ColorScheme.Light)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.NotEmpty(await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), Animations = ScreenshotAnimations.Disabled }));
        }
    }
}
