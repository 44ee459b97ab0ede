using System.Diagnostics;
using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.ServiceDefaults;

public class GatewayTelemetryTests
{
    [Fact]
    public async Task A_sign_in_and_a_page_leave_named_spans_and_no_secret()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var gateway = await RunningGateway.StandaloneAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_SERVICE_NAME", "the-gateway"), ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_BLRP_SCHEDULE_DELAY", "100"), ("WAIIDE_TRUST_TRACEPARENT", "1"),
            ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft", "Trace"), ("Logging__LogLevel__Yarp", "Trace"));
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var page = await browser.SendAsync(HttpMethod.Get, "/some/page?secret-query=1", null, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        using var health = await browser.FetchAsync("/health");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        await Eventually.Is(() => collector.In(trace).Any(span => span.Name.StartsWith("GET {**", StringComparison.Ordinal)), "the page's spans arrive");

        var served = collector.In(trace).Single(span => span.Kind == 2);
        var forwarded = collector.In(trace).Single(span => span.Kind == 3);
        Assert.StartsWith("GET ", served.Name, StringComparison.Ordinal);
        Assert.Equal("/some/page", served.Attributes["url.path"]);
        Assert.Equal("200", served.Attributes["http.response.status_code"]);
        Assert.Equal(served.SpanId, collector.Spans[forwarded.ParentId].ParentId);
        Assert.Contains("the-gateway", collector.Text, StringComparison.Ordinal);

        var clock = Stopwatch.StartNew();
        gateway.Process.Signal("TERM");
        await gateway.Process.WaitForExit();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"The end took {clock.Elapsed}.");

        var cookie = browser.Sessions.Single(cookie => cookie.Value.Value.Length > 20).Value.Value;
        Assert.DoesNotContain(RunningGateway.Token, collector.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(cookie, collector.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-query", collector.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-query", gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(collector.Spans.Values, span => span.Attributes.GetValueOrDefault("url.path") is "/health" or "/version" || span.Attributes.GetValueOrDefault("url.full", "").EndsWith("/version", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(404, 0)]
    [InlineData(503, 2)]
    public async Task What_the_IDE_does_not_have_is_no_failure_of_the_call_that_asked_it(int status, int failed)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var gateway = await RunningGateway.StandaloneAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        gateway.Ide.When("/file", context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using var browser = gateway.Browser();

        using var file = await browser.SendAsync(HttpMethod.Get, "/file", null, ("Authorization", "token " + RunningGateway.Token));

        OtlpReceiver.Span? Call() => collector.Spans.Values.SingleOrDefault(span => span.Kind == 3 && span.Attributes.GetValueOrDefault("url.full", "").EndsWith("/file", StringComparison.Ordinal));
        await Eventually.Is(() => Call() is not null, "the span of the call arrives");
        Assert.Equal(((ulong)failed, failed == 0), (Call()!.Status, !Call()!.Attributes.ContainsKey("error.type")));
    }
}
