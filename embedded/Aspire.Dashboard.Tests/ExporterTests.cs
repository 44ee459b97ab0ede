using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Aspire.Dashboard.Tests;

/// <summary>The SDK that every .NET process uses, against the receiver.</summary>
public sealed class ExporterTests : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public Task DisposeAsync() => _dashboard.DisposeAsync().AsTask();

    [Fact]
    public async Task Logs_spans_and_metrics_of_the_SDK_arrive()
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("sdk", serviceInstanceId: "abcdefgh");
        using var source = new ActivitySource("sdk.source", "1.2");
        using var meter = new Meter("sdk.meter");
        using (var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("sdk.source").AddOtlpExporter(To("traces")).Build())
        using (var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("sdk.meter").SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration()).AddOtlpExporter(To("metrics")).Build())
        using (var logs = LoggerFactory.Create(logging => logging.AddOpenTelemetry(otlp =>
        {
            otlp.IncludeFormattedMessage = true;
            otlp.SetResourceBuilder(resource);
            otlp.AddOtlpExporter(To("logs"));
        })))
        using (var activity = source.StartActivity("outer", ActivityKind.Server))
        {
            activity!.AddException(new InvalidOperationException("it failed"));
            activity.SetStatus(ActivityStatusCode.Error, "it failed");
            using (source.StartActivity("inner"))
            {
#pragma warning disable CA1848, CA2254 // One message in a test.
                logs.CreateLogger("sdk.category").LogWarning("Hello {Name}.", "Ada");
#pragma warning restore CA1848, CA2254
                meter.CreateCounter<long>("counter").Add(3, new KeyValuePair<string, object?>("color", "red"));
                meter.CreateHistogram<double>("histogram").Record(0.5);
                meter.CreateHistogram<double>("exponential").Record(0.5);
                meter.CreateUpDownCounter<int>("updown").Add(-2);
            }
        }

        var spans = await _dashboard.EventuallyAsync("/api/telemetry/spans?resource=sdk", json => json.GetProperty("totalCount").GetInt32() == 2, "two spans");
        var id = spans.GetProperty("data").GetProperty("resourceSpans")[0].GetProperty("scopeSpans")[0].GetProperty("spans")[0].GetProperty("traceId").GetString()!;
        await _dashboard.EventuallyAsync($"/api/telemetry/logs?resource=sdk-abcdefgh&traceId={id}", json => json.GetProperty("totalCount").GetInt32() == 1, "a log record of the trace");
        var logPage = await _dashboard.PageAsync("/structuredlogs?filter=Name=Ada&level=Warning");
        Assert.Contains("Hello Ada.", Assert.Single(logPage.QuerySelectorAll("tbody tr")).TextContent, StringComparison.Ordinal);
        var trace = await _dashboard.PageAsync($"/traces/detail/{id}");
        Assert.Equal(["0", "1"], trace.QuerySelectorAll(".waterfall tbody tr").Select(row => row.GetAttribute("data-depth")));
        Assert.Contains("InvalidOperationException", (await _dashboard.PageAsync(trace.QuerySelector(".waterfall tbody tr")!.GetAttribute("data-pane")!)).Body!.TextContent, StringComparison.Ordinal);

        await _dashboard.EventuallyAsync("/api/telemetry/resources", json => json[0].GetProperty("hasMetrics").GetBoolean(), "metrics");
        var tree = await _dashboard.PageAsync("/metrics");
        Assert.Equal(["counter", "exponential", "histogram", "updown"], tree.QuerySelectorAll(".tree li").Select(item => item.TextContent.Trim()));
        Assert.Equal("3", await Value("counter"));
        Assert.Equal("-2", await Value("updown"));
        Assert.Equal("1", await Value("histogram"));
        Assert.Equal("1", await Value("exponential"));
        var chart = await _dashboard.PageAsync("/metrics?resource=sdk&meter=sdk.meter&instrument=histogram");
        Assert.Contains(id, chart.QuerySelector(".chart a")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    private async Task<string> Value(string instrument) =>
        (await _dashboard.PageAsync($"/metrics?resource=sdk&meter=sdk.meter&instrument={instrument}&view=table")).QuerySelector("tbody td.numbers")!.TextContent;

    private Action<OtlpExporterOptions> To(string signal) => options =>
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(_dashboard.Otlp.BaseAddress!, $"/v1/{signal}");
        options.Headers = $"x-otlp-api-key={Uri.EscapeDataString(TestDashboard.OtlpKey)}";
    };
}
