using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Aspire.Dashboard.Otlp.Intake;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry.Metrics;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Tests;

public sealed class LimitTests : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public Task DisposeAsync() => _dashboard.DisposeAsync().AsTask();

    [Fact]
    public async Task The_newest_10000_logs_are_kept()
    {
        foreach (var batch in Enumerable.Range(0, 10_500).Chunk(500))
        {
            await _dashboard.SendAsync(Sent.Logs("sender", batch.Select(number => Sent.Log($"record {number}."))));
        }

        Assert.Equal(10_000, (await _dashboard.JsonAsync("/api/telemetry/logs?limit=1")).GetProperty("totalCount").GetInt32());
        Assert.Equal(0, (await _dashboard.JsonAsync("/api/telemetry/logs?search=record 499.")).GetProperty("totalCount").GetInt32());
        Assert.Equal(1, (await _dashboard.JsonAsync("/api/telemetry/logs?search=record 500.")).GetProperty("totalCount").GetInt32());
        var page = await _dashboard.PageAsync("/structuredlogs");
        Assert.Equal(100, page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("record 10499.", page.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        var older = await _dashboard.PageAsync(page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Contains("record 10399.", older.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_10000_traces_that_grew_last_are_kept()
    {
        await _dashboard.SendAsync(Sent.Spans("sender", Sent.Span(1, 1, 0, "a session of hours"), Sent.Span(2, 1, 0, "over long ago")));
        foreach (var batch in Enumerable.Range(3, 9_998).Chunk(1000))
        {
            await _dashboard.SendAsync(Sent.Spans("sender", batch.Select(trace => Sent.Span(trace, 1, 0, "other"))));
        }

        await _dashboard.SendAsync(Sent.Spans("sender", Sent.Span(1, 2, 1, "still going on")));
        await _dashboard.SendAsync(Sent.Spans("sender", Sent.Span(20_000, 1, 0, "one too many")));

        Assert.Equal(10_000, (await _dashboard.JsonAsync("/api/telemetry/traces?limit=1")).GetProperty("totalCount").GetInt32());
        Assert.Equal(1, (await _dashboard.JsonAsync("/api/telemetry/traces?search=a session of hours")).GetProperty("totalCount").GetInt32());
        Assert.Equal(0, (await _dashboard.JsonAsync("/api/telemetry/traces?search=over long ago")).GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task Of_a_trace_10000_spans_are_kept_and_the_sender_is_told_of_the_rest()
    {
        var answer = ExportTraceServiceResponse.Parser.ParseFrom(await _dashboard.SendAsync(Sent.Spans("sender", Enumerable.Range(1, 10_005).Select(id => Sent.Span(1, id, id - 1, "a chain")))));

        Assert.Equal(5, answer.PartialSuccess.RejectedSpans);
        Assert.Contains("10000 spans", answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
        // Each is the parent of the next: the tree is as deep as it can be.
        var page = await _dashboard.PageAsync($"/traces/detail/{Sent.Hex(Sent.TraceId(1))}");
        Assert.Equal(2000, page.QuerySelectorAll(".waterfall tbody tr").Length);
    }

    [Fact]
    public async Task A_span_that_is_sent_twice_is_there_once()
    {
        await _dashboard.SendAsync(Sent.Spans("sender", Sent.Span(1, 1, 0, "first"), Sent.Span(1, 2, 1, "second")));
        await _dashboard.SendAsync(Sent.Spans("sender", Sent.Span(1, 2, 1, "second")));

        Assert.Equal(2, (await _dashboard.JsonAsync("/api/telemetry/spans")).GetProperty("totalCount").GetInt32());
        Assert.Contains("(2)", (await _dashboard.PageAsync("/traces")).QuerySelector(".share")!.TextContent, StringComparison.Ordinal);

        // As it is told last is how it is shown.
        var renamed = Sent.Span(1, 1, 0, "renamed");
        renamed.Status = Sent.Failed("it failed after all");
        await _dashboard.SendAsync(Sent.Spans("sender", renamed, Sent.Span(1, 3, 1, "third")));
        Assert.Equal(1, (await _dashboard.JsonAsync("/api/telemetry/traces?hasError=true")).GetProperty("totalCount").GetInt32());
        var row = (await _dashboard.PageAsync("/traces")).QuerySelector("tbody tr")!;
        Assert.Contains("renamed", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("(3)", row.QuerySelector(".share")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Spans_that_are_sent_again_into_a_large_trace_cost_one_look_through_it()
    {
        var store = new TelemetryStore(new Colours(NoApplication.Instance));
        TraceIntake.Take(store, Sent.Spans("sender", Enumerable.Range(1, 10_000).Select(id => Sent.Span(1, id, id - 1, "span"))));
        var again = Sent.Spans("sender", Enumerable.Range(1, 512).Select(id => Sent.Span(1, id, id - 1, "span")));

        var before = GC.GetAllocatedBytesForCurrentThread();
        TraceIntake.Take(store, again);

        // One look takes about 2 MB, 512 took a gigabyte.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
        Assert.Equal(10_000, Assert.Single(store.Traces.All).Summary.Spans);
    }

    [Fact]
    public async Task Many_attributes_and_long_values_are_cut()
    {
        await _dashboard.SendAsync(Sent.Logs("sender", Sent.Log(new string('m', 100_000), 9, Enumerable.Range(0, 200).Select(number => Sent.Text($"key{number}", new string('v', number == 0 ? 1_000_000 : 1))))));

        var record = (await _dashboard.JsonAsync("/api/telemetry/logs")).GetProperty("data").GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0].GetProperty("logRecords")[0];
        Assert.Equal(128, record.GetProperty("attributes").GetArrayLength());
        Assert.Equal(72, record.GetProperty("droppedAttributesCount").GetInt32());
        Assert.Equal(16_385, record.GetProperty("attributes")[0].GetProperty("value").GetProperty("stringValue").GetString()!.Length);
        Assert.Equal(16_385, record.GetProperty("body").GetProperty("stringValue").GetString()!.Length);
    }

    [Fact]
    public async Task Large_records_make_room_for_each_other_long_before_they_are_10000()
    {
        // Each takes about 4 MB; all that are kept may take 128.
        var large = Enumerable.Range(0, 120).Select(number => Sent.Text($"key{number}", new string('v', 16_000))).ToArray();
        for (var number = 0; number < 50; number++)
        {
            await _dashboard.SendAsync(Sent.Logs("sender", Sent.Log($"large {number}.", 9, large)));
        }

        Assert.InRange((await _dashboard.JsonAsync("/api/telemetry/logs?limit=1")).GetProperty("totalCount").GetInt32(), 20, 40);
        Assert.Equal(1, (await _dashboard.JsonAsync("/api/telemetry/logs?limit=1&search=large 49.")).GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task Spans_without_right_ids_are_counted_as_rejected()
    {
        var bad = Sent.Span(1, 2, 0, "bad");
        bad.TraceId = Google.Protobuf.ByteString.CopyFrom(1, 2, 3);
        var answer = ExportTraceServiceResponse.Parser.ParseFrom(await _dashboard.SendAsync(Sent.Spans("sender", Sent.Span(1, 1, 0, "good"), bad, Sent.Span(0, 0, 0, "zeros"))));

        Assert.Equal(2, answer.PartialSuccess.RejectedSpans);
        Assert.Contains("16 bytes", answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, (await _dashboard.JsonAsync("/api/telemetry/spans")).GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task Of_an_instrument_2000_series_are_kept()
    {
        var gauge = new Metric { Name = "many", Gauge = new Gauge { DataPoints = { Enumerable.Range(0, 2010).Select(number => new NumberDataPoint { AsInt = number, TimeUnixNano = Sent.Epoch, Attributes = { Sent.Text("user", $"{number}") } }) } } };
        var summary = new Metric { Name = "old", Summary = new Summary { DataPoints = { new SummaryDataPoint(), new SummaryDataPoint() } } };
        var answer = ExportMetricsServiceResponse.Parser.ParseFrom(await _dashboard.SendAsync(Sent.Metrics("sender", gauge, summary)));

        Assert.Equal(12, answer.PartialSuccess.RejectedDataPoints);
        Assert.Contains("2000", answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Series_whose_dimensions_are_large_are_refused_before_they_take_the_place_of_points()
    {
        // Each takes about 8 MB; all may take 64.
        var large = Enumerable.Range(0, 120).Select(number => Sent.Text($"key{number}", new string('v', 16_000))).ToArray();
        long refused = 0;
        for (var number = 0; number < 12; number++)
        {
            var point = new NumberDataPoint { AsInt = 1, TimeUnixNano = Sent.Epoch, Attributes = { Sent.Text("user", $"{number}"), large } };
            var answer = ExportMetricsServiceResponse.Parser.ParseFrom(await _dashboard.SendAsync(Sent.Metrics($"sender{number % 2}", new Metric { Name = "large", Gauge = new Gauge { DataPoints = { point } } })));
            refused += answer.PartialSuccess?.RejectedDataPoints ?? 0;
            Assert.True(answer.PartialSuccess is null || answer.PartialSuccess.ErrorMessage.Contains("64 MiB", StringComparison.Ordinal));
        }

        Assert.InRange(refused, 3, 8);
    }

    [Fact]
    public void Points_of_many_buckets_make_room_for_each_other_and_leave_other_resources_alone()
    {
        var budget = new MetricBudget();
        var (large, small) = (budget.NewSet(), budget.NewSet());
        var (many, one) = (new Series("many", []), new Series("one", []));
        small.Add(one, new MetricPoint(0, Sent.Epoch, 7));
        // All have the same array of counts, so that the test is small; each point is taken for 4 KB.
        var counts = new double[512];
        double[] bounds = [.. Enumerable.Range(0, 511)];
        for (ulong number = 0; number < 33_000; number++)
        {
            large.Add(many, new MetricPoint(0, Sent.Epoch + number, number) { Histogram = new HistogramValue(number, new Distribution([.. bounds], counts), null, null) });
        }

        Assert.InRange(large.PointBytes + small.PointBytes, Limits.Bytes - 10_000, Limits.Bytes);
        Assert.InRange(many.Points.Count(), 30_000, 32_000);
        Assert.Single(many.Points.Select(point => point.Histogram!.Distribution.Bounds).Distinct());
        Assert.Single(one.Points);

        while (many.Last is not null)
        {
            large.DropOldest();
        }

        Assert.Equal(0, large.PointBytes);
    }

    [Fact]
    public async Task Two_hundred_resources_are_kept()
    {
        ExportLogsServiceResponse answer = new();
        for (var number = 0; number < 201; number++)
        {
            answer = ExportLogsServiceResponse.Parser.ParseFrom(await _dashboard.SendAsync(Sent.Logs($"sender{number}", Sent.Log("hello"))));
        }

        Assert.Equal(1, answer.PartialSuccess.RejectedLogRecords);
        Assert.Equal(200, (await _dashboard.JsonAsync("/api/telemetry/resources")).GetArrayLength());
    }
}
