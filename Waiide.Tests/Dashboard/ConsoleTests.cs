using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Dashboard;

[Collection("dashboard")]
public sealed partial class ConsoleTests(SampleApplication app, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task Lines_have_their_colours_and_their_own_text_and_are_searched()
    {
        var page = await app.OpenAsync(Chromium, "/consolelogs/resource/shop");
        var lines = page.GetByRole(AriaRole.Log);

        await Expect(lines.Locator(".ink2")).ToHaveTextAsync("green");
        await Expect(lines).ToContainTextAsync("<u>under</u>");
        await Expect(lines.Locator(".line.err")).ToContainTextAsync("troubled");

        await page.GetByRole(AriaRole.Searchbox).FillAsync("TROUB");
        await Expect(lines.Locator(".line:visible")).ToHaveCountAsync(1);
        await Expect(page.Locator("#count")).ToContainTextAsync("1 of ");
    }

    [SkippableFact]
    public async Task Ten_thousand_lines_are_as_quick_as_ten()
    {
        var page = await app.OpenAsync(Chromium, "/consolelogs/resource/flood");
        await Expect(page.Locator("#count")).ToHaveTextAsync("10000 lines");
        await Expect(page.GetByText("12000", new() { Exact = true })).ToBeInViewportAsync();

        // In the page itself: how long somebody who types would wait for the picture, even on a machine that has much else to do.
        await page.GetByRole(AriaRole.Searchbox).FillAsync("11999");
        await Expect(page.Locator("#count")).ToHaveTextAsync("1 of 10000 lines");
        var frame = await page.EvaluateAsync<double>("() => new Promise(done => { const begun = performance.now(); const lines = document.getElementById('console'); lines.classList.toggle('times'); lines.scrollTop = 0; requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun))); })");
        Assert.True(frame < 1000, string.Create(CultureInfo.InvariantCulture, $"A change of the page took {frame:0} ms to be drawn."));
    }

    [SkippableFact]
    public async Task A_pause_loses_nothing_and_doubles_nothing_and_what_was_cleared_stays_away()
    {
        var page = await app.OpenAsync(Chromium, "/consolelogs/resource/counter");
        await Expect(page.GetByText("count 1", new() { Exact = true })).ToBeAttachedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        var seen = (await Counted(page)).Max();
        using var script = app.Script();
        await Eventually.Is(async () => await LastCount(script) > seen + 20, "it goes on counting");
        Assert.True((await Counted(page)).Max() <= seen + 2, "The page stands still.");

        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.GetByText($"count {seen + 20}", new() { Exact = true })).ToBeAttachedAsync();
        var counted = await Counted(page);
        Assert.Equal(Enumerable.Range(1, counted.Count), counted);

        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await page.ReloadAsync();
        await Eventually.Is(async () => (await Counted(page)).Count > 0, "new lines come");
        Assert.True((await Counted(page))[0] > seen + 20, "Only new ones.");
    }

    [Fact]
    public async Task Who_comes_back_with_what_was_read_last_gets_exactly_what_follows()
    {
        using var script = app.Script();
        var (first, cursor) = await Read(script, "", atLeast: 30);
        var (second, _) = await Read(script, cursor, atLeast: 30);

        Assert.Equal(Enumerable.Range(1, first.Count + second.Count), first.Concat(second));
    }

    [SkippableFact]
    public async Task All_consoles_together_say_whose_each_line_is()
    {
        var page = await app.OpenAsync(Chromium, "/consolelogs");

        await Expect(page.Locator(".line", new() { HasText = "count " }).Locator("b").First).ToHaveTextAsync("counter");
        await page.GetByLabel("Resource").SelectOptionAsync("seed");
        await Expect(page).ToHaveURLAsync(new Regex("/consolelogs/resource/seed$"));
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("seeded");
    }

    [Fact]
    public async Task The_download_is_plain_text_with_times()
    {
        using var script = app.Script();

        var text = await script.GetStringAsync("/consolelogs/text?resource=shop");

        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\dT\S+Z green <u>under</u>$", text);
    }

    private static async Task<IReadOnlyList<int>> Counted(IPage page) =>
        [.. (await page.Locator(".line > span").AllTextContentsAsync()).Where(text => text.StartsWith("count ", StringComparison.Ordinal)).Select(text => int.Parse(text[6..], CultureInfo.InvariantCulture))];

    private static async Task<int> LastCount(HttpClient script)
    {
        var numbers = new List<int> { 0 };
        for (int after = 0, next = -1; next != after; )
        {
            after = Math.Max(0, next);
            var answer = await script.GetFromJsonAsync<JsonElement>($"/api/resources/counter/console?after={after}");
            numbers.AddRange(Count().Matches(answer.GetRawText()).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
            next = answer.GetProperty("next").GetInt32();
        }

        return numbers.Max();
    }

    // Reads events until there are enough lines, and then goes away in the middle.
    private static async Task<(List<int> Numbers, string Cursor)> Read(HttpClient script, string cursor, int atLeast)
    {
        var numbers = new List<int>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var reader = new StreamReader(await script.GetStreamAsync($"/live/console?resource=counter&after={Uri.EscapeDataString(cursor)}", limit.Token));
        while (numbers.Count < atLeast)
        {
            var line = await reader.ReadLineAsync(limit.Token);
            if (line?.StartsWith("data: {", StringComparison.Ordinal) == true)
            {
                var data = JsonDocument.Parse(line[6..]).RootElement;
                numbers.AddRange(Count().Matches(data.GetProperty("html").GetString()!).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
                cursor = data.GetProperty("cursor").GetString()!;
            }
        }

        return (numbers, cursor);
    }

    [GeneratedRegex(@"count (\d+)")]
    private static partial Regex Count();
}
