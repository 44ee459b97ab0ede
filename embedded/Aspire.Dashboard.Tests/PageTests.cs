using System.Net;
using System.Text;
using System.Text.Json;
using Aspire.Dashboard.Otlp.Protocol;

namespace Aspire.Dashboard.Tests;

public sealed class PageTests : IAsyncLifetime
{
    private const string Script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    private static readonly string s_trace = Sent.Hex(Sent.TraceId(1));
    private TestDashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public Task DisposeAsync() => _dashboard.DisposeAsync().AsTask();

    [Fact]
    public async Task Logs_are_found_by_level_text_resource_and_attribute()
    {
        await _dashboard.SendAsync(Sent.Logs("hub", Sent.Log("Ada signed in.", 9, Sent.Text("user", "ada")), Sent.Log("Bob was refused.", 13, Sent.Text("user", "bob"))));
        await _dashboard.SendAsync(Sent.Logs("gateway", Sent.Log("It broke.", 17, Sent.Text("exception.type", "System.IO.IOException"), Sent.Text("exception.stacktrace", "at Somewhere()"))));

        Assert.Equal(["It broke.", "Bob was refused.", "Ada signed in."], await Messages(""));
        Assert.Equal(["It broke.", "Bob was refused."], await Messages("?level=Warning"));
        Assert.Equal(["Ada signed in."], await Messages("?q=SIGNED"));
        Assert.Equal(["It broke."], await Messages("?q=somewhere"));
        Assert.Equal(["It broke."], await Messages("?resource=gateway"));
        Assert.Equal(["Bob was refused."], await Messages("?filter=user=bob"));
        Assert.Equal(["It broke.", "Bob was refused."], await Messages("?filter=user!=ada"));
        Assert.Equal(["Ada signed in."], await Messages("?filter=user~d&filter=category=Tests.Category"));
        Assert.Empty(await Messages("?level=Error&resource=hub"));

        async Task<string[]> Messages(string query) => [.. (await _dashboard.PageAsync("/structuredlogs" + query)).QuerySelectorAll("tbody tr td.clip").Select(cell => cell.TextContent.Replace("⚠ ", "", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task A_log_record_leads_to_its_span_and_a_span_to_its_logs()
    {
        var record = Sent.Log("During the span.", 9, Sent.Text("color", "blue"));
        (record.TraceId, record.SpanId) = (Sent.TraceId(1), Sent.SpanId(1));
        await _dashboard.SendAsync(Sent.Spans("gateway", Sent.Span(1, 1, 0, "GET /lab")));
        await _dashboard.SendAsync(Sent.Logs("gateway", record, Sent.Log("Elsewhere.")));

        var logs = await _dashboard.PageAsync($"/structuredlogs?traceId={s_trace}");
        var row = Assert.Single(logs.QuerySelectorAll("tbody tr"));
        var details = await _dashboard.PageAsync(row.GetAttribute("data-pane")!);
        Assert.Contains("blue", details.Body!.TextContent, StringComparison.Ordinal);
        var span = await _dashboard.PageAsync(row.QuerySelector("td.wide a")!.GetAttribute("href")!);
        var pane = span.QuerySelector("#pane")!;
        Assert.Equal("GET /lab", pane.QuerySelector("h2")!.TextContent);
        Assert.Contains("During the span.", pane.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Elsewhere.", pane.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_senders_write_is_shown_as_text()
    {
        var log = Sent.Log(Script, 17, Sent.Text(Script, Script), Sent.Text("lines", Script + "\n" + Script), Sent.Text("long", Script + new string('x', 3000)), Sent.Text("exception.type", Script), Sent.Text("exception.stacktrace", Script + "\n" + Script));
        var span = Sent.Span(1, 1, 0, Script);
        span.Attributes.Add(Sent.Text(Script, Script));
        span.Status = Sent.Failed(Script);
        span.Events.Add(new Span.Types.Event { Name = Script, TimeUnixNano = Sent.Epoch, Attributes = { Sent.Text(Script, Script) } });
        var metric = new Metric { Name = Script, Unit = Script, Description = Script, Gauge = new Gauge { DataPoints = { new NumberDataPoint { AsInt = 1, TimeUnixNano = Now(), Attributes = { Sent.Text(Script, Script) } } } } };
        await _dashboard.SendAsync(Sent.Logs(Script, log));
        await _dashboard.SendAsync(Sent.Spans(Script, span));
        await _dashboard.SendAsync(Sent.Metrics(Script, metric));

        var escaped = Uri.EscapeDataString(Script);
        foreach (var path in (string[])
        [
            "/structuredlogs", "/structuredlogs?log=1", $"/structuredlogs?q={escaped}&resource={escaped}&filter={escaped}%3D{escaped}", "/structuredlogs/entry/1", "/traces", $"/traces?q={escaped}",
            $"/traces/detail/{s_trace}?span={Sent.Hex(Sent.SpanId(1))}", $"/traces/detail/{s_trace}/span/{Sent.Hex(Sent.SpanId(1))}",
            "/metrics", $"/metrics?resource={escaped}-one&meter=Tests.Meter&instrument={escaped}", $"/metrics?resource={escaped}-one&meter=Tests.Meter&instrument={escaped}&view=table",
        ])
        {
            var page = await _dashboard.PageAsync(path);
            Assert.Contains("alert(1)", page.Body!.TextContent, StringComparison.Ordinal);
            Assert.Empty(page.QuerySelectorAll("script:not([src]), img, [onerror], [style]"));
        }
    }

    [Fact]
    public async Task The_waterfall_is_the_tree_of_the_spans_in_the_order_of_their_starts()
    {
        var call = Sent.Span(1, 2, 1, "GET hub", 10, 50, Span.Types.SpanKind.Client);
        await _dashboard.SendAsync(Sent.Spans("gateway", Sent.Span(1, 4, 1, "later", 70, 10), call, Sent.Span(1, 1, 0, "GET /user/ada", 0, 100, Span.Types.SpanKind.Server)));
        await _dashboard.SendAsync(Sent.Spans("hub", Sent.Span(1, 3, 2, "GET /hub/api", 20, 30, Span.Types.SpanKind.Server)));

        var page = await _dashboard.PageAsync($"/traces/detail/{s_trace}");
        var rows = page.QuerySelectorAll(".waterfall tbody tr");
        Assert.Equal([1, 2, 3, 4], rows.Select(row => Convert.ToInt32(row.Id![5..], 16)));
        Assert.Equal(["0", "1", "2", "1"], rows.Select(row => row.GetAttribute("data-depth")));
        Assert.Equal(["true", "true", null, null], rows.Select(row => row.GetAttribute("aria-expanded")));
        var bar = rows[2].QuerySelector("rect")!;
        Assert.Equal(("20%", "30%"), (bar.GetAttribute("x"), bar.GetAttribute("width")));
        Assert.Contains("→ hub", rows[1].TextContent, StringComparison.Ordinal);
        Assert.NotEqual(rows[1].QuerySelector("rect")!.ClassName, bar.ClassName);

        var details = await _dashboard.PageAsync(rows[1].GetAttribute("data-pane")!);
        Assert.Contains("GET /hub/api, 20 ms on the way", details.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spans_whose_parent_has_not_come_are_shown_below_its_place_until_it_comes()
    {
        await _dashboard.SendAsync(Sent.Spans("ide", Sent.Span(1, 2, 1, "message 1", 10), Sent.Span(1, 3, 1, "message 2", 30)));

        Assert.Contains("no root yet", (await _dashboard.PageAsync("/traces")).QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        var running = (await _dashboard.PageAsync($"/traces/detail/{s_trace}")).QuerySelectorAll(".waterfall tbody tr");
        Assert.Equal(["0", "1", "1"], running.Select(row => row.GetAttribute("data-depth")));
        Assert.Contains("has not come yet", running[0].TextContent, StringComparison.Ordinal);

        await _dashboard.SendAsync(Sent.Spans("gateway", Sent.Span(1, 1, 0, "a session", 0, 7_200_000)));
        Assert.DoesNotContain("no root yet", (await _dashboard.PageAsync("/traces")).QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        var ended = (await _dashboard.PageAsync($"/traces/detail/{s_trace}")).QuerySelectorAll(".waterfall tbody tr");
        Assert.Equal(running.Select(row => row.Id), ended.Select(row => row.Id));
        Assert.Contains("a session", ended[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("2h 0m", ended[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spans_that_are_each_others_parents_are_shown_once()
    {
        await _dashboard.SendAsync(Sent.Spans("odd", Sent.Span(1, 1, 2, "hen"), Sent.Span(1, 2, 1, "egg", 5), Sent.Span(1, 3, 3, "its own parent", 7)));

        var rows = (await _dashboard.PageAsync($"/traces/detail/{s_trace}")).QuerySelectorAll(".waterfall tbody tr");
        Assert.Equal(["its own parent", "hen", "egg"], rows.Select(row => row.QuerySelector("td")!.TextContent.Split("  ")[^1].Trim()));
    }

    [Fact]
    public async Task A_span_shows_its_exception_its_events_and_its_links_in_both_directions()
    {
        var failed = Sent.Span(1, 1, 0, "spawn");
        failed.Status = Sent.Failed("it did not start");
        failed.Events.Add(new Span.Types.Event { Name = "exception", TimeUnixNano = Sent.Epoch + 5_000_000, Attributes = { Sent.Text("exception.type", "TimeoutError"), Sent.Text("exception.message", "60 s"), Sent.Text("exception.stacktrace", "at spawner\nat hub") } });
        failed.Events.Add(new Span.Types.Event { Name = "asked again", TimeUnixNano = Sent.Epoch + 2_000_000, Attributes = { Sent.Text("attempt", "2") } });
        var linked = Sent.Span(2, 2, 0, "poll");
        linked.Links.Add(new Span.Types.Link { TraceId = Sent.TraceId(1), SpanId = Sent.SpanId(1), Attributes = { Sent.Text("why", "the spawn that it watches") } });
        await _dashboard.SendAsync(Sent.Spans("hub", failed, linked));

        var spawn = await _dashboard.PageAsync($"/traces/detail/{s_trace}?span={Sent.Hex(Sent.SpanId(1))}");
        var text = spawn.QuerySelector("#pane")!.TextContent;
        Assert.Contains("it did not start", text, StringComparison.Ordinal);
        Assert.Contains("TimeoutError: 60 s", text, StringComparison.Ordinal);
        Assert.Contains("at spawner\nat hub", text, StringComparison.Ordinal);
        Assert.Contains("asked again +2 ms", text, StringComparison.Ordinal);
        var back = spawn.QuerySelectorAll("#pane a").Single(link => link.TextContent.Contains("poll", StringComparison.Ordinal)).GetAttribute("href")!;
        var poll = await _dashboard.PageAsync(back);
        Assert.Contains("the spawn that it watches", poll.QuerySelector("#pane")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(poll.QuerySelectorAll("#pane a"), link => link.GetAttribute("href") == $"/traces/detail/{s_trace}?span={Sent.Hex(Sent.SpanId(1))}");
    }

    [Fact]
    public async Task Traces_are_found_by_resource_text_duration_error_and_attribute()
    {
        var failed = Sent.Span(2, 1, 0, "GET /broken", 100, 2000);
        failed.Status = Sent.Failed("boom");
        failed.Attributes.Add(Sent.Text("http.route", "/broken"));
        await _dashboard.SendAsync(Sent.Spans("gateway", Sent.Span(1, 1, 0, "GET /lab"), failed));
        await _dashboard.SendAsync(Sent.Spans("ide", Sent.Span(1, 2, 1, "open file")));

        Assert.Equal(["gateway: GET /broken", "gateway: GET /lab"], await Names(""));
        Assert.Equal(["gateway: GET /lab"], await Names("?resource=ide"));
        Assert.Equal(["gateway: GET /lab"], await Names("?q=open+file"));
        Assert.Equal(["gateway: GET /broken"], await Names("?duration=1000"));
        Assert.Equal(["gateway: GET /broken"], await Names("?errors=true"));
        Assert.Equal(["gateway: GET /lab"], await Names("?errors=false"));
        Assert.Equal(["gateway: GET /broken"], await Names("?filter=http.route=/broken"));
        var shares = (await _dashboard.PageAsync("/traces?resource=ide")).QuerySelectorAll(".share");
        Assert.Equal(["gateway (1)", "ide (1)"], shares.Select(share => share.TextContent));

        async Task<string[]> Names(string query) => [.. (await _dashboard.PageAsync("/traces" + query)).QuerySelectorAll("tbody tr td a").Select(link => link.TextContent)];
    }

    [Fact]
    public async Task Pages_are_told_when_something_is_new()
    {
        await using var stream = await _dashboard.Pages.GetStreamAsync("/telemetry/live/traces");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal("hello", await Event());
        Assert.Equal("changed", await Event());

        await _dashboard.SendAsync(Sent.Spans("gateway", Sent.Span(1, 1, 0, "GET /lab")));
        Assert.Equal("changed", await Event());

        async Task<string> Event()
        {
            var kind = await reader.ReadLineAsync(limit.Token);
            Assert.StartsWith("data: ", await reader.ReadLineAsync(limit.Token), StringComparison.Ordinal);
            Assert.Equal("", await reader.ReadLineAsync(limit.Token));
            return kind!["event: ".Length..];
        }
    }

    [Fact]
    public async Task While_it_is_paused_nothing_is_kept_and_what_is_kept_can_be_cleared()
    {
        await _dashboard.SendAsync(Sent.Logs("hub", Sent.Log("before")));
        await _dashboard.SendAsync(Sent.Logs("gateway", Sent.Log("of another")));
        await Post("/structuredlogs/pause", ("paused", "true"));
        await _dashboard.SendAsync(Sent.Logs("hub", Sent.Log("meanwhile")));
        await Post("/structuredlogs/pause", ("paused", "false"));
        await _dashboard.SendAsync(Sent.Logs("hub", Sent.Log("after")));
        Assert.Equal(3, (await _dashboard.JsonAsync("/api/telemetry/logs")).GetProperty("totalCount").GetInt32());
        Assert.Equal(0, (await _dashboard.JsonAsync("/api/telemetry/logs?search=meanwhile")).GetProperty("totalCount").GetInt32());

        await Post("/structuredlogs/clear", ("resource", "hub-one"));
        Assert.Equal(1, (await _dashboard.JsonAsync("/api/telemetry/logs")).GetProperty("totalCount").GetInt32());
        await Post("/structuredlogs/clear");
        Assert.Equal(0, (await _dashboard.JsonAsync("/api/telemetry/logs")).GetProperty("totalCount").GetInt32());

        async Task Post(string path, params (string Key, string Value)[] form)
        {
            using var content = new FormUrlEncodedContent(form.ToDictionary(field => field.Key, field => field.Value));
            using var answer = await _dashboard.Pages.PostAsync(path, content);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("logs")]
    [InlineData("traces")]
    [InlineData("metrics")]
    public async Task What_is_downloaded_can_be_sent_to_another_dashboard(string signal)
    {
        await _dashboard.SendAsync(Sent.Logs("hub", Sent.Log("a record", 9, Sent.Text("k", "v"))));
        await _dashboard.SendAsync(Sent.Spans("hub", Sent.Span(1, 1, 0, "a span"), Sent.Span(1, 2, 1, "another")));
        await _dashboard.SendAsync(Sent.Metrics("hub", new Metric { Name = "gauge", Gauge = new Gauge { DataPoints = { new NumberDataPoint { AsInt = 3, TimeUnixNano = Now() } } } }));
        using var download = await _dashboard.Pages.GetAsync($"/api/telemetry/export/{signal}");
        Assert.Equal("attachment", download.Content.Headers.ContentDisposition!.DispositionType);
        var json = await download.Content.ReadAsByteArrayAsync();

        await using var other = await TestDashboard.StartAsync();
        using var answer = await other.PostAsync(signal, json, "application/json");
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync());
        Assert.Equal(Encoding.UTF8.GetString(json), await other.Pages.GetStringAsync($"/api/telemetry/export/{signal}"));
    }

    [Fact]
    public async Task Scripts_ask_with_limits_and_are_told_what_is_wrong()
    {
        await _dashboard.SendAsync(Sent.Spans("hub", Sent.Span(1, 1, 0, "a span"), Sent.Span(1, 2, 1, "another", 5), Sent.Span(2, 3, 0, "third", 9)));

        var page = await _dashboard.JsonAsync("/api/telemetry/spans?limit=2");
        Assert.Equal((3, 2), (page.GetProperty("totalCount").GetInt32(), page.GetProperty("returnedCount").GetInt32()));
        Assert.Equal(2, (await _dashboard.JsonAsync($"/api/telemetry/spans?traceId={s_trace}")).GetProperty("totalCount").GetInt32());
        Assert.Equal("hub", (await _dashboard.JsonAsync("/api/telemetry/resources"))[0].GetProperty("name").GetString());
        foreach (var (path, status) in ((string, HttpStatusCode)[])[("logs?resource=nobody", HttpStatusCode.NotFound), ($"traces/{new string('a', 32)}", HttpStatusCode.NotFound), ("spans?limit=many", HttpStatusCode.BadRequest), ("logs?severity=Loud", HttpStatusCode.BadRequest)])
        {
            using var answer = await _dashboard.Pages.GetAsync("/api/telemetry/" + path);
            Assert.Equal(status, answer.StatusCode);
            Assert.NotEmpty(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!);
        }

        using var stranger = new HttpClient { BaseAddress = _dashboard.Pages.BaseAddress };
        using var refused = await stranger.GetAsync("/api/telemetry/spans");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static ulong Now() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
