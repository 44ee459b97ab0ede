using System.Net;
using System.Text;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry.Metrics;
using Aspire.Dashboard.Telemetry.Pages;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf;
using static Aspire.Dashboard.Tests.Wire;

namespace Aspire.Dashboard.Tests;

/// <summary>What a sender can do with few bytes, or with one odd number.</summary>
[Collection(nameof(Alone))]
public sealed class HostileSenderTests : IAsyncLifetime
{
    private const ulong Hour = 3_600_000_000_000;
    private TestDashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public Task DisposeAsync() => _dashboard.DisposeAsync().AsTask();

    [Theory]
    [InlineData("empty messages")]
    [InlineData("numbers of a byte")]
    [InlineData("empty objects")]
    [InlineData("short texts")]
    [InlineData("short texts in objects")]
    public async Task Few_bytes_that_would_take_much_memory_are_refused_before_they_do(string kind)
    {
        var body = kind switch
        {
            "empty messages" => Repeated([0x0a, 0x00], 6_000_000),
            // metric 10: exponential histogram, 1: point, 8: positive buckets, 2: their counts.
            "numbers of a byte" => new[] { 2, 8, 1, 10, 2, 2, 1 }.Aggregate(new byte[12_000_000], (content, field) => Field(field, content)),
            // Attributes of a resource, which without their keys would be let through.
            "short texts" => Field(1, Field(1, Repeated([0x0a, 3, 0x0a, 1, (byte)'k'], 1_200_000))),
            "short texts in objects" => [.. """{"resourceMetrics":[{"resource":{"attributes":[{"key":"k"}"""u8, .. Repeated(",{\"key\":\"k\"}"u8, 1_100_000), .. "]}}]}"u8],
            _ => [.. Encoding.ASCII.GetBytes("""{"resourceMetrics":[{}"""), .. Repeated(",{}"u8, 4_000_000), .. "]}"u8],
        };
        var type = kind.EndsWith("objects", StringComparison.Ordinal) ? "application/json" : "application/x-protobuf";
        var compressed = Compressed(body);
        Assert.InRange(compressed.Length, 0, 64 * 1024);

        var before = GC.GetTotalAllocatedBytes();
        using var answer = await _dashboard.PostAsync("metrics", compressed, type, "gzip");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("64 MiB of memory", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 150 * 1024 * 1024);
    }

    [Fact]
    public async Task What_the_protocol_does_not_know_is_passed_over_and_not_kept_while_it_is_read()
    {
        using var unknown = new MemoryStream();
        using (var output = new CodedOutputStream(unknown, leaveOpen: true))
        {
            for (var field = 1000; field < 1_001_000; field++)
            {
                output.WriteTag(field, WireFormat.WireType.Varint);
                output.WriteUInt32(0);
            }
        }

        var before = GC.GetTotalAllocatedBytes();
        using var answer = await _dashboard.PostAsync("metrics", unknown.ToArray());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 50 * 1024 * 1024);
    }

    [Fact]
    public async Task The_largest_batch_of_a_collector_is_taken()
    {
        var attributes = Enumerable.Range(0, 30).Select(number => Sent.Text($"attribute.{number}", "a usual value")).ToArray();
        var spans = Enumerable.Range(1, 8_192).Select(id =>
        {
            var span = Sent.Span(id, id, 0, "GET /a/usual/route");
            span.Attributes.Add(attributes);
            return span;
        });

        Assert.Empty(await _dashboard.SendAsync(Sent.Spans("collector", spans)));
    }

    [Fact]
    public void Of_what_a_resource_says_of_itself_64_KiB_are_kept()
    {
        var store = new TelemetryStore(new Colours(NoApplication.Instance));
        var resource = store.ResourceOf([new("service.name", "wordy"), .. Enumerable.Range(0, 127).Select(number => new Telemetry.Attribute($"key{number}", new string('v', 16_000)))])!;

        Assert.Equal("wordy", resource.Name);
        Assert.InRange(resource.Attributes.Bytes(), 30_000, 64 * 1024);
    }

    public static TheoryData<string, string> Odd => new()
    {
        { "a bound that is no number", "ascending order" },
        { "bounds that descend", "ascending order" },
        { "an infinite bound", "ascending order" },
        { "an infinite sum", "not a finite number" },
        { "a value that is no number", "not a finite number" },
        { "buckets beyond all numbers", "beyond what a number can be" },
        { "buckets below all numbers", "beyond what a number can be" },
        { "the end of time", "an hour ahead" },
        { "a beginning at the end of time", "an hour ahead" },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task An_odd_point_is_refused_with_a_reason_and_the_others_are_shown(string kind, string reason)
    {
        var now = UnixTime.Now;
        var good = kind.Contains("value", StringComparison.Ordinal) || kind.Contains("time", StringComparison.Ordinal) ? Gauge(5, now - 1) : Histogram(now - 1, [1, 2], 3);
        Metric odd = kind switch
        {
            "a bound that is no number" => Histogram(now, [1, double.NaN], 3),
            "bounds that descend" => Histogram(now, [2, 1], 3),
            "an infinite bound" => Histogram(now, [1, double.PositiveInfinity], 3),
            "an infinite sum" => Histogram(now, [1, 2], double.PositiveInfinity),
            "a value that is no number" => Gauge(double.NaN, now),
            "buckets beyond all numbers" => Exponential(now, int.MaxValue),
            "buckets below all numbers" => Exponential(now, int.MinValue),
            "a beginning at the end of time" => Gauge(6, now, start: ulong.MaxValue),
            _ => Gauge(6, ulong.MaxValue),
        };

        Assert.Empty(await _dashboard.SendAsync(Sent.Metrics("sender", good)));
        var answer = ExportMetricsServiceResponse.Parser.ParseFrom(await _dashboard.SendAsync(Sent.Metrics("sender", odd)));
        Assert.Equal(1, answer.PartialSuccess.RejectedDataPoints);
        Assert.Contains(reason, answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);

        // A later one is taken: the odd one is not in its way.
        Assert.Empty(await _dashboard.SendAsync(Sent.Metrics("sender", good.Gauge is null ? Histogram(now + 1, [1, 2], 6) : Gauge(7, now + 1))));
        var page = await _dashboard.PageAsync("/metrics?resource=sender&meter=Tests.Meter&instrument=odd");
        Assert.NotNull(page.QuerySelector("svg.chart"));
        Assert.DoesNotContain("NaN", page.QuerySelector("svg.chart")!.OuterHtml, StringComparison.Ordinal);
        if (good.Gauge is not null)
        {
            Assert.Contains("7", page.QuerySelector(".legend b")!.TextContent, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.MaxValue, double.MinValue)]
    [InlineData(double.Epsilon, -double.Epsilon)]
    [InlineData(double.MinValue, double.MinValue)]
    [InlineData(0, 0)]
    public void A_chart_draws_whatever_the_numbers_are(double first, double second)
    {
        var lines = new[] { new ChartLine("odd", [first, second, null, first]) };
        var exemplars = new[] { first, second }.Select(value => new Telemetry.Metrics.Exemplar(Sent.Epoch + 1, value, default, default));

        var svg = ChartSvg.Of("odd", "s", lines, exemplars, Sent.Epoch, Sent.Epoch + Hour).Text;

        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", svg, StringComparison.Ordinal);
    }

    private static Metric Gauge(double value, ulong time, ulong start = 0) => new() { Name = "odd", Gauge = new Gauge { DataPoints = { new NumberDataPoint { AsDouble = value, StartTimeUnixNano = start, TimeUnixNano = time } } } };

    private static Metric Histogram(ulong time, double[] bounds, double sum) => new()
    {
        Name = "odd",
        Histogram = new Histogram
        {
            AggregationTemporality = AggregationTemporality.Cumulative,
            DataPoints = { new HistogramDataPoint { StartTimeUnixNano = time - 1_000_000_000, TimeUnixNano = time, Count = (ulong)bounds.Length + 1, Sum = sum, ExplicitBounds = { bounds }, BucketCounts = { Enumerable.Repeat(1ul, bounds.Length + 1) } } },
        },
    };

    private static Metric Exponential(ulong time, int offset) => new()
    {
        Name = "odd",
        ExponentialHistogram = new ExponentialHistogram
        {
            AggregationTemporality = AggregationTemporality.Cumulative,
            DataPoints = { new ExponentialHistogramDataPoint { StartTimeUnixNano = time - 1_000_000_000, TimeUnixNano = time, Count = 1, Sum = 1, Positive = new() { Offset = offset, BucketCounts = { 1 } } } },
        },
    };

    private static byte[] Repeated(ReadOnlySpan<byte> part, int times)
    {
        var whole = new byte[part.Length * times];
        for (var at = 0; at < whole.Length; at += part.Length)
        {
            part.CopyTo(whole.AsSpan(at));
        }

        return whole;
    }
}
