using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Dashboard;

[Collection("dashboard")]
public sealed class ResourcesTests(SampleApplication app, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_resource_is_stopped_and_started_and_the_page_follows()
    {
        var page = await app.OpenAsync(Chromium, "/");
        var till = page.Row("till");
        await Expect(till).ToContainTextAsync("Running");

        await till.GetByRole(AriaRole.Button, new() { Name = "Stop till" }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("Successfully stopped 'till'.");
        await Expect(till).ToContainTextAsync("Finished");

        await till.GetByRole(AriaRole.Button, new() { Name = "Start till" }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("Successfully started 'till'.");
        await Expect(till).ToContainTextAsync("Running");
    }

    [SkippableFact]
    public async Task A_command_is_done_only_after_its_question_was_answered()
    {
        var page = await app.OpenAsync(Chromium, "/");
        var button = page.Row("till").GetByRole(AriaRole.Button, new() { Name = "Empty till" });

        await button.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("All the money goes.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Equal(0, app.Emptied);

        await button.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Empty", Exact = true }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("Emptied 1 times.");
        Assert.Equal(1, app.Emptied);
    }

    [SkippableFact]
    public async Task A_command_that_fails_says_why_in_its_own_words()
    {
        var page = await app.OpenAsync(Chromium, "/");

        await page.GetByRole(AriaRole.Button, new() { Name = "More of till" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Break till" }).ClickAsync();

        await Expect(page.Toasts()).ToContainTextAsync("the <i>drawer</i> is stuck");
    }

    [SkippableFact]
    public async Task Details_tell_what_it_is_why_it_is_not_healthy_and_show_a_secret_only_when_asked()
    {
        var page = await app.OpenAsync(Chromium, "/");
        await page.Row("shop").ClickAsync();
        var details = page.GetByRole(AriaRole.Complementary, new() { Name = "Details of shop" });

        await Expect(details).ToContainTextAsync("It is closed.");
        await Expect(details).ToContainTextAsync("no <keys> here");
        await Expect(details).ToContainTextAsync("Running (Unhealthy)");
        var id = app.Now("shop").Properties.Single(property => property.Name == "executable.pid").Value;
        await Expect(details).ToContainTextAsync(Convert.ToString(id, CultureInfo.InvariantCulture)!);
        await Expect(details.GetByRole(AriaRole.Link, new() { Name = "seed", Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotContain(SampleApplication.Secret, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(SampleApplication.InTheOpen, await page.ContentAsync(), StringComparison.Ordinal);

        await details.GetByRole(AriaRole.Link, new() { Name = "Show SHOP_KEY" }).ClickAsync();
        await Expect(details).ToContainTextAsync(SampleApplication.Secret);
        await Expect(details).Not.ToContainTextAsync(SampleApplication.InTheOpen);

        await details.GetByRole(AriaRole.Link, new() { Name = "Show values" }).ClickAsync();
        await Expect(details).ToContainTextAsync(SampleApplication.InTheOpen);
        await details.GetByRole(AriaRole.Link, new() { Name = "Hide values" }).ClickAsync();
        await Expect(details).Not.ToContainTextAsync(SampleApplication.Secret);
    }

    [SkippableFact]
    public async Task Children_stand_under_their_parents_and_filters_narrow_the_table()
    {
        var page = await app.OpenAsync(Chromium, "/");
        var names = page.Locator("tr[data-row] .name a");
        await Expect(names).ToHaveTextAsync(["seed", "shop", "clerk", "till", "payments", "flood", "counter", "spare"]);

        await page.GetByLabel("Show hidden").CheckAsync();
        await Expect(page.Row("helper")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("COUNT");
        await Expect(names).ToHaveTextAsync(["counter"]);
        Assert.Contains("search=COUNT", page.Url, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("");

        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await page.GetByLabel("Unhealthy", new() { Exact = true }).CheckAsync();
        await Expect(names).ToHaveTextAsync(["shop"]);
    }

    [SkippableFact]
    public async Task A_missing_parameter_is_reported_and_given_and_what_failed_for_it_can_start()
    {
        var page = await app.OpenAsync(Chromium, "/");
        var notice = page.GetByRole(AriaRole.Region, new() { Name = "Missing parameter" });
        await Expect(notice).ToContainTextAsync("Parameter payment-key has no value. What the bank asks for.");
        await Expect(page.Row("payments")).ToContainTextAsync("Failed to start");

        await notice.GetByLabel("Value of payment-key").FillAsync("1234-secret");
        await notice.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Toasts()).ToContainTextAsync("payment-key' has its value. What could not be started may now be: payments.");
        await Expect(notice).ToHaveCountAsync(0);
        await page.Row("payments").GetByRole(AriaRole.Button, new() { Name = "Start payments" }).ClickAsync();

        await Expect(page.Row("payments")).ToContainTextAsync("Running");
        Assert.Equal("1234-secret", app.Now("payments").EnvironmentVariables.Single(variable => variable.Name == "KEY").Value);
    }

    [SkippableFact]
    public async Task The_page_is_used_without_a_mouse()
    {
        var page = await app.OpenAsync(Chromium, "/");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Row("shop")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Details of shop" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Complementary)).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("c");
        await Expect(page).ToHaveURLAsync(new Regex("/consolelogs$"));
    }

    [SkippableFact]
    public async Task A_graph_shows_who_needs_whom_and_leads_to_the_details()
    {
        var page = await app.OpenAsync(Chromium, "/?view=Graph");
        await Expect(page.Locator(".edge title").Filter(new() { HasText = "shop: WaitFor seed" })).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Link, new() { Name = "seed: Finished" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Details of seed" })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Without_a_script_the_page_works_and_stands_still()
    {
        var page = await app.OpenAsync(Chromium, "/", scripts: false);

        await page.Row("clerk").GetByRole(AriaRole.Button, new() { Name = "Stop clerk" }).ClickAsync();

        await Expect(page.GetByText("Successfully stopped 'clerk'.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task More_windows_than_a_browser_has_connections_all_follow()
    {
        var first = await app.OpenAsync(Chromium, "/");
        var pages = new List<IPage> { first };
        while (pages.Count < 8)
        {
            var page = await first.Context.NewPageAsync();
            await page.GotoAsync(first.Url);
            pages.Add(page);
        }

        using var script = app.Script();
        using var started = await script.PostAsync("/api/resources/spare/commands/start", content: null);
        Assert.True(started.IsSuccessStatusCode);

        foreach (var page in pages)
        {
            await Expect(page.Row("spare")).ToContainTextAsync("Running", new() { Timeout = 15_000 });
        }
    }

    [Fact]
    public async Task Scripts_get_the_same_as_JSON_and_secrets_only_by_name()
    {
        using var script = app.Script();
        await Eventually.Is(
            async () => (await script.GetFromJsonAsync<JsonElement>("/api/resources/shop")).GetProperty("health").GetString() == "Unhealthy", "the shop is told to be unhealthy");

        var masked = await script.GetStringAsync("/api/resources/shop");
        Assert.DoesNotContain(SampleApplication.Secret, masked, StringComparison.Ordinal);
        var shown = await script.GetStringAsync("/api/resources/shop?show=SHOP_KEY");
        Assert.Contains(SampleApplication.Secret, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(SampleApplication.InTheOpen, shown, StringComparison.Ordinal);

        // Neither in a list, nor as a parameter, nor among the arguments of a command, where many keep one.
        foreach (var path in (string[])["/api/resources", "/api/resources/shop-key", "/?view=Parameters", "/?resource=shop"])
        {
            var told = await script.GetStringAsync(path);
            Assert.DoesNotContain(SampleApplication.Secret, told, StringComparison.Ordinal);
            Assert.DoesNotContain(SampleApplication.InTheOpen, told, StringComparison.Ordinal);
            Assert.DoesNotContain("echo troubled", told, StringComparison.Ordinal);
        }

        Assert.Contains("echo troubled", await script.GetStringAsync("/api/resources/shop?show=executable.args"), StringComparison.Ordinal);
        Assert.Contains(SampleApplication.Secret, await script.GetStringAsync("/api/resources/shop-key?show=Value"), StringComparison.Ordinal);

        using var unknown = await script.GetAsync("/api/resources/shopp");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);
        using var impossible = await script.PostAsync("/api/resources/seed/commands/stop", content: null);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, impossible.StatusCode);
        Assert.Contains("'stop' is not possible for 'seed', which is Finished now", (await impossible.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
