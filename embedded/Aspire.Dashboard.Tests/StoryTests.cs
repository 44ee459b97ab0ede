namespace Aspire.Dashboard.Tests;

/// <summary>What a waterfall does so that a trace of hundreds of spans can be read.</summary>
public sealed class StoryTests : IAsyncLifetime
{
    private static readonly string s_trace = Sent.Hex(Sent.TraceId(1));
    private TestDashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public Task DisposeAsync() => _dashboard.DisposeAsync().AsTask();

    [Fact]
    public async Task What_comes_again_and_again_is_one_line_and_what_is_rare_or_failed_stands_apart()
    {
        var spans = Enumerable.Range(0, 8).SelectMany(number => new[] { Sent.Span(1, 10 + number, 1, "GET asset", (ulong)(10 + number)), Sent.Span(1, 30 + number, 10 + number, "forward", (ulong)(10 + number)) }).ToList();
        spans[2].Status = Sent.Failed("There is none.");
        spans.AddRange([Sent.Span(1, 1, 0, "GET page", 0, 100), Sent.Span(1, 50, 14, "sign in", 15)]);
        await _dashboard.SendAsync(Sent.Spans("gateway", spans));

        var rows = (await _dashboard.PageAsync($"/traces/detail/{s_trace}")).QuerySelectorAll(".waterfall tbody tr");
        var head = Assert.Single(rows, row => row.TextContent.Contains("6 alike", StringComparison.Ordinal));
        Assert.Equal(("1", "false", 6), (head.GetAttribute("data-depth"), head.GetAttribute("aria-expanded"), head.QuerySelectorAll("rect").Length));
        Assert.Equal(["span-" + Sent.Hex(Sent.SpanId(11)), "span-" + Sent.Hex(Sent.SpanId(14))], rows.Where(row => row.GetAttribute("data-depth") == "1" && row != head).Select(row => row.Id));
        Assert.Equal(18 + 1, rows.Length);

        // Who looks for one of them sees it.
        var chosen = await _dashboard.PageAsync($"/traces/detail/{s_trace}?span={Sent.Hex(Sent.SpanId(12))}");
        Assert.Equal("true", chosen.QuerySelector(".alike")!.GetAttribute("aria-expanded"));
    }

    [Fact]
    public async Task A_connection_of_an_hour_does_not_make_a_line_of_the_seconds_before_it()
    {
        var spans = Enumerable.Range(2, 20).Select(number => Sent.Span(1, number, 1, $"step {number}", (ulong)(number * 40), 40)).Append(Sent.Span(1, 1, 0, "GET page", 0, 900)).Append(Sent.Span(1, 99, 1, "websocket", 900, 3_600_000));
        await _dashboard.SendAsync(Sent.Spans("gateway", spans));

        var page = await _dashboard.PageAsync($"/traces/detail/{s_trace}");
        Assert.Contains("the first 945 ms are drawn", page.QuerySelector(".summary")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1h 0m →", page.QuerySelector($"#span-{Sent.Hex(Sent.SpanId(99))}")!.TextContent, StringComparison.Ordinal);

        var whole = await _dashboard.PageAsync(page.QuerySelector(".summary a")!.GetAttribute("href")!);
        Assert.DoesNotContain("→", whole.QuerySelector($"#span-{Sent.Hex(Sent.SpanId(99))}")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_resource_that_has_sent_nothing_says_so()
    {
        await _dashboard.SendAsync(Sent.Logs("gateway", Sent.Log("Here.")));

        var page = await _dashboard.PageAsync("/structuredlogs?resource=ide");

        Assert.Contains("ide has sent no structured logs.", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("ide", page.QuerySelector("select[name=resource] option[selected]")!.GetAttribute("value"));
    }
}
