using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using Waiide.Tests.Topology;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Dashboard;

/// <summary>The dashboard of `dotnet run --project Waiide.AppHost`, by the link that it prints, after a person has come in through the hub. docs/images/dashboard-pages keeps the pictures; without it there are none.</summary>
public sealed partial class RealRunTests(Chromium chromium, RealRun run) : BrowserTests(chromium), IClassFixture<RealRun>
{
    [SkippableFact]
    public async Task The_trace_of_a_login_tells_its_story_from_the_click_to_the_cursor()
    {
        var page = await run.OpenAsync(Chromium, "/traces");
        var found = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "hub: POST /hub/login" });
        await Expect(found).ToContainTextAsync("gateway (");
        await found.GetByRole(AriaRole.Link).ClickAsync();

        // A browser tells how it went when somebody can type; the page goes on as spans come.
        var spans = page.GetByRole(AriaRole.Treegrid);
        await Expect(Span("browser workbench")).ToBeVisibleAsync();
        foreach (var name in (string[])["oauth authorize", "oauth code exchange", "oauth token", "authenticate", "forward", "browser scripts"])
        {
            await Expect(Span(name).First).ToBeVisibleAsync();
        }

        foreach (var who in (string[])["hub (", "gateway (", "→ ide"])
        {
            await Expect(page.Locator(".summary")).ToContainTextAsync(who);
        }

        Assert.DoesNotMatch("[?&](code|state|token)=", await page.Locator("main").InnerHTMLAsync());

        await RealRun.Picture(page, "dashboard-trace", height: 980);

        // The many files of VS Code are one line until somebody opens it.
        var alike = spans.GetByRole(AriaRole.Row).Filter(new() { HasText = " alike" });
        var before = await spans.Locator("tbody tr:visible").CountAsync();
        await alike.First.GetByRole(AriaRole.Button, new() { Name = "Fold" }).ClickAsync();
        Assert.True(await spans.Locator("tbody tr:visible").CountAsync() > before);

        await Span("oauth code exchange").ClickAsync();
        var details = page.GetByRole(AriaRole.Complementary, new() { Name = "Span" });
        await Expect(details.GetByRole(AriaRole.Heading, new() { Name = "oauth code exchange" })).ToBeVisibleAsync();
        await Expect(details).ToContainTextAsync("Waiide.Gateway");

        await page.GetByRole(AriaRole.Link, new() { NameRegex = LogsLink() }).ClickAsync();
        await Expect(page.Locator("tbody tr").Filter(new() { HasText = "demo signed in through the hub." })).ToHaveCountAsync(1);

        ILocator Span(string name) => spans.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = new Regex($@"\s{name}(\s|$)") });
    }

    [SkippableFact]
    public async Task Structured_logs_of_all_are_searched_and_a_link_shows_one_resource()
    {
        var page = await run.OpenAsync(Chromium, "/?resource=hub");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "More of hub" }).GetByRole(AriaRole.Link, new() { Name = "Structured logs" }).ClickAsync();
        await Expect(page.Locator("tbody tr .sender").First).ToBeVisibleAsync();
        Assert.Equal(["hub"], (await page.Locator("tbody tr .sender").AllInnerTextsAsync()).Distinct());

        await RealRun.Picture(page, "dashboard-logs");
        await page.GetByLabel("Resource").SelectOptionAsync("");
        await Expect(page.Locator("tbody tr .sender").Filter(new() { HasText = "gateway" }).First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("SIGNED IN THROUGH");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("demo signed in through the hub.");

        // Who has no telemetry is not confused with nobody.
        await page.GotoAsync(new Uri(new Uri(page.Url), "/structuredlogs?resource=ide").AbsoluteUri);
        await Expect(page.Locator("main")).ToContainTextAsync("ide has sent no structured logs.");
    }

    [SkippableFact]
    public async Task The_metrics_of_the_gateway_have_charts()
    {
        var page = await run.OpenAsync(Chromium, "/metrics?resource=gateway");
        await page.GetByRole(AriaRole.Link, new() { Name = "waiide.websocket.opened" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "waiide.websocket.opened" })).ToBeVisibleAsync();
        await Expect(page.Locator(".chart .line").First).ToBeAttachedAsync();
        await Expect(page.Locator(".legend")).ToContainTextAsync("waiide.upstream");
        await RealRun.Picture(page, "dashboard-metrics");
    }

    [SkippableFact]
    public async Task The_gateway_is_stopped_and_started_in_the_table_and_its_lines_are_found()
    {
        var page = await run.OpenAsync(Chromium, "/");
        var gateway = page.Row("gateway");
        await Expect(gateway).ToContainTextAsync("Running");
        await RealRun.Picture(page, "dashboard-resources");
        await gateway.GetByRole(AriaRole.Button, new() { Name = "Stop gateway" }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("Successfully stopped 'gateway'.");
        await Expect(gateway).ToContainTextAsync("Finished");
        await gateway.GetByRole(AriaRole.Button, new() { Name = "Start gateway" }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("Successfully started 'gateway'.");
        await Expect(gateway).ToContainTextAsync("Running");

        await page.GetByRole(AriaRole.Link, new() { Name = "hub", Exact = true }).ClickAsync();
        var details = page.GetByRole(AriaRole.Complementary, new() { Name = "Details of hub" });
        await Expect(details).ToContainTextAsync("Hub__Users__demo");
        Assert.DoesNotContain(RealRun.Password, await page.ContentAsync(), StringComparison.Ordinal);

        await page.GotoAsync(new Uri(new Uri(page.Url), "/?view=Graph").AbsoluteUri);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "gateway: Running" })).ToBeVisibleAsync();
        await RealRun.Picture(page, "dashboard-graph", scheme: ColorScheme.Dark);

        await page.GotoAsync(new Uri(new Uri(page.Url), "/consolelogs/resource/gateway").AbsoluteUri);
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("The IDE server answers");
        await RealRun.Picture(page, "dashboard-console");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("ANSWERS");
        await Expect(page.Locator("#count")).ToContainTextAsync(" of ");
    }

    [GeneratedRegex(@"^Logs \(\d+\)$")]
    private static partial Regex LogsLink();
}

/// <summary>One run of the AppHost, in which a person has signed in at the hub and has the IDE open.</summary>
public sealed class RealRun : IAsyncLifetime
{
    public const string Password = "a-password-of-this-run";

    private readonly SemaphoreSlim _once = new(1, 1);
    private AppHostRun? _run;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }

        _once.Dispose();
    }

    /// <summary>A page of the dashboard, by the printed link.</summary>
    internal async Task<IPage> OpenAsync(Chromium chromium, string path)
    {
        Prerequisites.Need("chromium", "node", "npm", "setsid");
        await _once.WaitAsync();
        try
        {
            if (_run is null)
            {
                _run = AppHostRun.Start($"--Parameters:demo-password={Password}");
                await _run.IsReady();
                await WorkAsync(await chromium.NewPageAsync(shared: true));
            }
        }
        finally
        {
            _once.Release();
        }

        var page = await chromium.NewPageAsync();
        await page.GotoAsync(_run.DashboardLink);
        await page.GotoAsync(new Uri(new Uri(_run.DashboardLink), path).AbsoluteUri);
        return page;
    }

    internal static async Task Picture(IPage page, string name, int height = 620, ColorScheme scheme = ColorScheme.Light)
    {
        if (Environment.GetEnvironmentVariable("DASHBOARD_PICTURES") is { Length: > 0 } folder)
        {
            await page.SetViewportSizeAsync(1280, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), Animations = ScreenshotAnimations.Disabled });
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        }
    }

    private async Task WorkAsync(IPage page)
    {
        await page.GotoAsync(_run!.Link);
        await HubPages.SignIn(page, "demo", Password);
        await new Workbench(page).IsOpen();
    }
}
