using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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
    [InlineData(404, null)]
    [InlineData(503, "503")]
    public async Task A_call_to_the_IDE_tells_what_it_was_and_what_the_IDE_does_not_have_is_no_failure_of_it(int status, string? failure)
    {
        await using var telling = await Telling.StartAsync();
        telling.Gateway.Ide.When("/file", context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        using var file = await telling.AskAsync(HttpMethod.Get, "/file?secret-query=1");

        var call = await telling.CallAsync();
        var ide = telling.Gateway.Ide.Url;
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["peer.service"] = "ide", ["http.request.method"] = "GET", ["server.address"] = ide.Host, ["server.port"] = ide.Port.ToString(CultureInfo.InvariantCulture), ["url.full"] = $"http://{ide.Authority}/file?*",
                ["http.response.status_code"] = status.ToString(CultureInfo.InvariantCulture), ["network.protocol.version"] = "1.1", ["error.type"] = failure,
            }.Where(tag => tag.Value is not null).Select(tag => $"{tag.Key}: {tag.Value}").Order(StringComparer.Ordinal),
            call.Attributes.Select(tag => $"{tag.Key}: {tag.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(("GET", failure is null ? 0UL : 2UL), (call.Name, call.Status));
    }

    [Fact]
    public async Task A_call_with_a_method_of_somebodys_own_is_named_after_none()
    {
        await using var telling = await Telling.StartAsync();

        using var answer = await telling.AskAsync(new HttpMethod("BREW"), "/pot");

        var call = await telling.CallAsync();
        Assert.Equal(("HTTP", "_OTHER", "BREW"), (call.Name, call.Attributes["http.request.method"], call.Attributes["http.request.method_original"]));
    }

    [Fact]
    public async Task A_call_that_nobody_takes_says_why_it_failed()
    {
        await using var telling = await Telling.WithoutIdeAsync();

        using var answer = await telling.AskAsync(HttpMethod.Get, $"/proxy/{Ports.Free()}/");

        var call = await telling.CallAsync();
        Assert.Equal(("port", "connection_error", 2UL), (call.Attributes["peer.service"], call.Attributes["error.type"], call.Status));
    }

    [Fact]
    public async Task Of_a_request_that_is_not_traced_the_IDE_learns_that_it_is_not_and_nothing_of_what_its_client_says()
    {
        await using var telling = await Telling.StartAsync(("OTEL_TRACES_SAMPLER", "always_off"));
        var (hers, span) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());

        using var answer = await telling.AskAsync(HttpMethod.Get, "/file", ("traceparent", $"00-{hers}-{span}-01"), ("tracestate", "a=b"), ("baggage", "user=somebody"));

        var told = telling.Gateway.Ide.Forwarded.Single(request => request.Target == "/file").Headers;
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", told["traceparent"]);
        Assert.DoesNotContain(hers, told["traceparent"], StringComparison.Ordinal);
        Assert.Equal([], told.Keys.Intersect(["tracestate", "baggage"], StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Of_a_flood_what_is_left_out_leaves_nothing_and_the_IDE_is_told_so_in_the_trace_of_who_asked()
    {
        await using var telling = await Telling.StartAsync(("WAIIDE_TRUST_TRACEPARENT", "1"));
        using var browser = telling.Gateway.Browser();
        var asked = new ConcurrentDictionary<string, string>();

        // What the caller leaves out takes nobody's place.
        await FloodAsync("/unwanted", 1500, "00");
        await FloodAsync("/flood", 2000, "01");

        var answered = telling.Gateway.Ide.Forwarded.ToLookup(request => request.Target.Split('/')[1]);
        var leftOut = answered["flood"].Where(IsLeftOut).ToList();
        Assert.All(answered["unwanted"], request => Assert.True(IsLeftOut(request)));
        Assert.InRange(leftOut.Count, 1, 1000); // The thousand that may be traced, and those of the seconds that this took.
        Assert.All(leftOut, request => Assert.StartsWith($"00-{asked[request.Target]}-", request.Headers["traceparent"], StringComparison.Ordinal));

        // Spans arrive in their order: with one that came later, all are there that will be.
        await Eventually.Is(
            async () =>
            {
                await AskAsync("/later");
                return telling.Collector.Spans.Values.Any(span => span.Attributes.GetValueOrDefault("url.path") == "/later");
            },
            "a request after the flood is traced again");
        Assert.Equal([], telling.Collector.Spans.Values.Select(span => span.TraceId).Intersect(leftOut.Concat(answered["unwanted"]).Select(request => asked[request.Target])));

        static bool IsLeftOut(StubIde.Recorded request) => request.Headers["traceparent"].EndsWith("-00", StringComparison.Ordinal);

        Task FloodAsync(string folder, int requests, string flags) =>
            Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, (number, _) => AskAsync($"{folder}/{number}", flags));

        async ValueTask AskAsync(string path, string flags = "01")
        {
            var trace = asked[path] = ActivityTraceId.CreateRandom().ToHexString();
            using var answer = await browser.SendAsync(HttpMethod.Get, path, null, ("Authorization", "token " + RunningGateway.Token), ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-{flags}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    /// <summary>A gateway that tells a collector everything.</summary>
    private sealed record Telling(OtlpReceiver Collector, RunningGateway Gateway) : IAsyncDisposable
    {
        public static Task<Telling> StartAsync(params (string, string)[] settings) => StartAsync(RunningGateway.StandaloneAsync, settings);

        public static Task<Telling> WithoutIdeAsync() => StartAsync(settings => RunningGateway.WithoutIdeAsync(null, settings), []);

        public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, params (string, string)[] headers)
        {
            using var browser = Gateway.Browser();
            return await browser.SendAsync(method, path, null, [("Authorization", "token " + RunningGateway.Token), .. headers]);
        }

        /// <summary>The one call to an upstream.</summary>
        public async Task<OtlpReceiver.Span> CallAsync()
        {
            await Eventually.Is(() => Collector.Spans.Values.Any(span => span.Kind == 3), "the span of the call arrives");
            return Assert.Single(Collector.Spans.Values, span => span.Kind == 3);
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Collector.DisposeAsync();
        }

        private static async Task<Telling> StartAsync(Func<(string, string)[], Task<RunningGateway>> start, (string, string)[] settings)
        {
            var collector = await OtlpReceiver.StartAsync();
            return new Telling(collector, await start([("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_BSP_SCHEDULE_DELAY", "100"), .. settings]));
        }
    }
}
