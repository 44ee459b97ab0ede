using System.Globalization;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry.Metrics;
using Exemplar = Aspire.Dashboard.Otlp.Protocol.Exemplar;

namespace Aspire.Dashboard.Tests;

public sealed class MetricTests : IAsyncLifetime
{
    private const ulong Second = 1_000_000_000;
    private TestDashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public Task DisposeAsync() => _dashboard.DisposeAsync().AsTask();

    [Fact]
    public void A_counter_is_shown_as_its_rate_also_across_a_new_beginning()
    {
        var series = new Series("", []);
        // Ten a second for half a minute; then the process begins anew, and counts twenty a second.
        for (ulong second = 0; second <= 60; second++)
        {
            series.Add(second <= 30
                ? new MetricPoint(Sent.Epoch, Sent.Epoch + (second * Second) + 1, second * 10)
                : new MetricPoint(Sent.Epoch + (30 * Second) + 2, Sent.Epoch + (second * Second), (second - 30) * 20));
        }

        var line = Assert.Single(Chart.Of(InstrumentKind.Counter, [series], Sent.Epoch, Sent.Epoch + (60 * Second)));
        Assert.Equal(Chart.Steps, line.Values.Length);
        Assert.All(line.Values, value => Assert.True(value is null or >= 0, $"{value}"));
        Assert.All(line.Values[2..28], value => Assert.InRange(value!.Value, 9.9, 10.1));
        Assert.All(line.Values[32..58], value => Assert.InRange(value!.Value, 19.9, 20.1));
    }

    [Fact]
    public void A_value_that_does_not_change_takes_one_point()
    {
        var series = new Series("", []);
        Assert.True(series.Add(new MetricPoint(0, Sent.Epoch, 5)));
        Assert.False(series.Add(new MetricPoint(0, Sent.Epoch + Second, 5)));
        Assert.True(series.Add(new MetricPoint(0, Sent.Epoch + (2 * Second), 6)));

        Assert.Equal(2, series.Points.Count());
        Assert.Equal(Sent.Epoch + Second, series.Points.First().Until);
    }

    [Fact]
    public async Task A_value_that_stays_is_kept_while_50000_others_come()
    {
        for (var batch = 0; batch < 52; batch++)
        {
            await _dashboard.SendAsync(Sent.Metrics(
                "sender",
                new Metric { Name = "stays", Gauge = new Gauge { DataPoints = { new NumberDataPoint { AsInt = 7, TimeUnixNano = Sent.Epoch + (ulong)(batch * 1000) } } } },
                new Metric { Name = "changes", Gauge = new Gauge { DataPoints = { Enumerable.Range(batch * 1000, 1000).Select(number => new NumberDataPoint { AsInt = number, TimeUnixNano = Sent.Epoch + (ulong)number }) } } }));
        }

        var metrics = System.Text.Json.JsonDocument.Parse(await _dashboard.Pages.GetStringAsync("/api/telemetry/export/metrics")).RootElement
            .GetProperty("resourceMetrics")[0].GetProperty("scopeMetrics")[0].GetProperty("metrics").EnumerateArray().ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("gauge"));
        var stays = Assert.Single(metrics["stays"].GetProperty("dataPoints").EnumerateArray());
        Assert.Equal("7", stays.GetProperty("asInt").GetString());
        Assert.Equal($"{Sent.Epoch}", stays.GetProperty("timeUnixNano").GetString());
        Assert.Equal(49_999, metrics["changes"].GetProperty("dataPoints").GetArrayLength());
    }

    [Fact]
    public void A_value_that_was_told_no_more_goes_with_the_oldest_and_comes_again_when_it_is()
    {
        var set = new MetricBudget().NewSet();
        var (paused, busy) = (new Series("paused", []), new Series("busy", []));
        set.Add(paused, new MetricPoint(0, Sent.Epoch, 7));
        for (ulong number = 0; number < 50_001; number++)
        {
            set.Add(busy, new MetricPoint(0, Sent.Epoch + number, number));
        }

        Assert.Empty(paused.Points);
        set.Add(paused, new MetricPoint(0, Sent.Epoch + Second, 7));
        Assert.Equal(7, Assert.Single(paused.Points).Value);
        Assert.Equal(49_999, busy.Points.Count());
    }

    [Fact]
    public void Percentiles_come_from_the_buckets()
    {
        var distribution = new Distribution([10, 20, 50], [50, 40, 9, 1]);
        Assert.Equal(10, distribution.Percentile(0.5));
        Assert.Equal(20, distribution.Percentile(0.9));
        Assert.Equal(50, distribution.Percentile(0.99)!.Value, 0.001);
        Assert.Equal(80, distribution.Percentile(1, max: 80));
        Assert.Null(new Distribution([10], [0, 0]).Percentile(0.5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public void An_exponential_histogram_keeps_its_percentiles_on_any_scale(int scale)
    {
        // A thousand measurements of about 100.
        var index = (int)Math.Floor(Math.Log2(100) * Math.Pow(2, scale));
        var distribution = Distribution.OfExponential(scale, zeroes: 0, index, [1000], 0, []);

        Assert.Equal(1000, distribution.Total);
        Assert.InRange(distribution.Percentile(1)!.Value, 100, scale == 0 ? 128.1 : 119);
        Assert.InRange(distribution.Percentile(0.5)!.Value, scale == 0 ? 64 : 84, scale == 0 ? 128 : 119);
    }

    [Fact]
    public void No_percentile_of_an_exponential_histogram_lies_where_nothing_was_measured()
    {
        // On the scale 2 four buckets are a doubling: 2^-40 is 0.95 ms from index -41 on, 2^0 is 1 s.
        var twoSpeeds = Distribution.OfExponential(2, zeroes: 0, -40, [500, .. new ulong[39], 500], 0, []);
        Assert.InRange(twoSpeeds.Percentile(0.4)!.Value, 0.0009, 0.0012);
        Assert.InRange(twoSpeeds.Percentile(0.5)!.Value, 0.0009, 0.0012);
        Assert.InRange(twoSpeeds.Percentile(0.6)!.Value, 1, 1.2);
        // Added to one that has other buckets it stays so.
        Assert.InRange(twoSpeeds.Plus(Distribution.OfExponential(2, zeroes: 0, -20, [1], 0, [])).Percentile(0.6)!.Value, 1, 1.2);

        var aroundZero = Distribution.OfExponential(2, zeroes: 20, 26, [40], 26, [40]);
        Assert.InRange(aroundZero.Percentile(0.2)!.Value, -108, -90);
        Assert.Equal(0, aroundZero.Percentile(0.5)!.Value, 0.001);
        Assert.InRange(aroundZero.Percentile(0.8)!.Value, 90, 108);
        Assert.Equal(0, Distribution.OfExponential(2, zeroes: 1, 0, [], 0, []).Percentile(0.5));
    }

    [Fact]
    public void What_was_added_to_a_histogram_is_the_difference_of_its_points()
    {
        var earlier = new Distribution([10, 20], [1, 1, 0]);
        Assert.Equal([2, 0, 3], new Distribution([10, 20], [3, 1, 3]).Since(earlier).Counts);
        Assert.Equal([0, 0, 1], new Distribution([10, 20], [0, 0, 1]).Since(earlier).Counts);
        Assert.Equal([0, 1, 0, 2], new Distribution([10, 15, 20], [1, 1, 1, 2]).Since(earlier).Counts);
    }

    [Fact]
    public async Task A_histogram_is_shown_with_percentiles_dimensions_and_the_traces_of_its_measurements()
    {
        var now = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        await _dashboard.SendAsync(Sent.Spans("gateway", Sent.Span(1, 1, 0, "GET /lab")));
        await _dashboard.SendAsync(Sent.Metrics("gateway", new Metric
        {
            Name = "http.server.request.duration",
            Unit = "s",
            Histogram = new Histogram
            {
                AggregationTemporality = AggregationTemporality.Cumulative,
                DataPoints = { Point("/lab", 0.2), Point("/api", 0.04) },
            },
        }));

        const string address = "/metrics?resource=gateway&meter=Tests.Meter&instrument=http.server.request.duration";
        var graph = await _dashboard.PageAsync(address);
        Assert.Equal(["p50", "p90", "p99"], graph.QuerySelectorAll(".legend li").Select(line => line.TextContent.Split(' ')[0]));
        Assert.All(graph.QuerySelectorAll(".chart .line"), line => Assert.StartsWith("M", line.GetAttribute("d"), StringComparison.Ordinal));
        Assert.Equal($"/traces/detail/{Sent.Hex(Sent.TraceId(1))}?span={Sent.Hex(Sent.SpanId(1))}", graph.QuerySelector(".chart a")!.GetAttribute("href"));
        Assert.Equal(["http.route: any", "http.route: /api", "http.route: /lab"], graph.QuerySelectorAll("select[name=d] option").Select(option => option.TextContent));

        var table = await _dashboard.PageAsync(address + "&view=table&d=http.route%3D/lab");
        var row = Assert.Single(table.QuerySelectorAll("tbody tr"));
        Assert.Equal(["http.route=/lab", "10", "0.175", "0.235", "0.249"], row.QuerySelectorAll("td").Take(5).Select(cell => cell.TextContent));

        HistogramDataPoint Point(string route, double value) => new()
        {
            StartTimeUnixNano = now - (60 * Second),
            TimeUnixNano = now,
            Count = 10,
            Sum = value * 10,
            ExplicitBounds = { 0.1, 0.25, 1 },
            BucketCounts = { value < 0.1 ? 10ul : 0, value < 0.1 ? 0 : 10ul, 0, 0 },
            Attributes = { Sent.Text("http.route", route) },
            Exemplars = { new Exemplar { AsDouble = value, TimeUnixNano = now, TraceId = Sent.TraceId(1), SpanId = Sent.SpanId(1) } },
        };
    }

    [Fact]
    public async Task Differences_are_added_up()
    {
        foreach (var (second, added) in ((ulong, long)[])[(1, 5), (2, 7)])
        {
            await _dashboard.SendAsync(Sent.Metrics("sender", new Metric
            {
                Name = "requests",
                Sum = new Sum { IsMonotonic = true, AggregationTemporality = AggregationTemporality.Delta, DataPoints = { new NumberDataPoint { AsInt = added, StartTimeUnixNano = Sent.Epoch, TimeUnixNano = Sent.Epoch + (second * Second) } } },
            }));
        }

        var table = await _dashboard.PageAsync("/metrics?resource=sender&meter=Tests.Meter&instrument=requests&view=table");
        Assert.Equal("12", table.QuerySelector("tbody td.numbers")!.TextContent);
    }

    [Fact]
    public async Task Of_a_resource_the_newest_50000_points_are_kept()
    {
        for (var batch = 0; batch < 51; batch++)
        {
            await _dashboard.SendAsync(Sent.Metrics("sender", new Metric { Name = "gauge", Gauge = new Gauge { DataPoints = { Enumerable.Range(batch * 1000, 1000).Select(number => new NumberDataPoint { AsInt = number, TimeUnixNano = Sent.Epoch + (ulong)number }) } } }));
        }

        var points = System.Text.Json.JsonDocument.Parse(await _dashboard.Pages.GetStringAsync("/api/telemetry/export/metrics")).RootElement
            .GetProperty("resourceMetrics")[0].GetProperty("scopeMetrics")[0].GetProperty("metrics")[0].GetProperty("gauge").GetProperty("dataPoints");
        Assert.Equal(50_000, points.GetArrayLength());
        Assert.Equal(1000, int.Parse(points[0].GetProperty("asInt").GetString()!, CultureInfo.InvariantCulture));
    }
}
