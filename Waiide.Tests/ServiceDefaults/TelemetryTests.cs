using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;
using Waiide.ServiceDefaults;
using Waiide.Tests.Support;

namespace Waiide.Tests.ServiceDefaults;

public class TelemetryTests
{
    private static readonly ActivitySource Own = new("Waiide.Tests");

    private const ulong Server = 2;
    private const ulong Client = 3;
    private const ulong Error = 2;

    [Fact]
    public async Task A_request_through_two_services_is_one_trace_named_by_the_semantic_conventions()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var back = await Service("back", collector, app => app.MapGet("/data/{id}", (string id) => id));
        await using var front = await Front(collector, back);

        var trace = await Send(front, "/hello/7?token=hidden");
        await Eventually.Is(() => collector.In(trace).Count() >= 3, "three spans arrive");

        var served = collector.In(trace).Single(span => span.Kind == Server && span.Name == "GET /hello/{id}");
        var called = collector.In(trace).Single(span => span.Kind == Client);
        var answered = collector.In(trace).Single(span => span.Kind == Server && span.Name == "GET /data/{id}");
        Assert.Equal(served.SpanId, called.ParentId);
        Assert.Equal(called.SpanId, answered.ParentId);
        Assert.Equal("GET", called.Name);
        Has(served, ("http.request.method", "GET"), ("url.path", "/hello/7"), ("url.scheme", "http"), ("http.route", "/hello/{id}"), ("http.response.status_code", "200"), ("server.address", "127.0.0.1"), ("server.port", Port(front)));
        Has(called, ("http.request.method", "GET"), ("http.response.status_code", "200"), ("server.address", "127.0.0.1"), ("server.port", Port(back)), ("url.full", back.Urls.Single() + "/data/7?*"));
        Assert.All([served, called, answered], span => Assert.Equal(0ul, span.Status));
    }

    [Fact]
    public async Task A_failure_marks_every_span_it_passes()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var back = await Service("back", collector, app => app.MapGet("/data/{id}", string (string id) => throw new InvalidOperationException("token=hidden")));
        await using var front = await Front(collector, back);

        var trace = await Send(front, "/hello/0");
        await Eventually.Is(() => collector.In(trace).Count() >= 3, "three spans arrive");

        Assert.All(collector.In(trace), span => Assert.Equal(Error, span.Status));
        Has(collector.In(trace).Single(span => span.Name == "GET /data/{id}"), ("http.response.status_code", "500"), ("error.type", "System.InvalidOperationException"));
        Has(collector.In(trace).Single(span => span.Name == "GET"), ("http.response.status_code", "500"), ("error.type", "500"));
        Has(collector.In(trace).Single(span => span.Name == "GET /hello/{id}"), ("http.response.status_code", "502"), ("error.type", "502"));
    }

    [Fact]
    public async Task Queries_tokens_and_codes_never_reach_the_collector()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var back = await Service("back", collector, app => app.MapGet("/data/{id}", (string id, ILogger<TelemetryTests> logger) =>
        {
            logger.LogWarning("URL http://x/y?token=hidden-1 and {Url} done. Authorization: token hidden-2", new Uri("http://x/y?code=hidden-3&state=hidden-4"));
            logger.LogError(new InvalidOperationException("GET /oauth_callback?code=hidden-5&state=hidden-6 failed"), "access_token=hidden-7 {Json}", "{\"token\":\"hidden-8\"}");
            using var span = Own.StartActivity("own");
            span?.SetTag("url", new Uri("http://x/y?token=hidden-9"));
            span?.SetStatus(ActivityStatusCode.Error, "GET /login?token=hidden-10");
            throw new InvalidOperationException("GET /login?token=hidden-11");
        }));
        await using var front = await Front(collector, back, ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"), ("Logging:LogLevel:System.Net.Http.HttpClient", "Trace"));

        var trace = await Send(front, "/hello/1?token=hidden-a&code=hidden-b&state=hidden-c");
        await Eventually.Is(() => collector.In(trace).Count() >= 4, "four spans arrive");
        await front.StopAsync();
        await back.StopAsync();
        await front.DisposeAsync();
        await back.DisposeAsync();

        Assert.Contains("/v1/logs", collector.Paths.Keys);
        Assert.Contains("http://x/y?* and http://x/y?* done.", collector.Text, StringComparison.Ordinal);
        Assert.Contains("GET /oauth_callback?* failed", collector.Text, StringComparison.Ordinal);
        Assert.Contains("/data/1?*", collector.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", collector.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Polled_endpoints_and_calls_that_no_request_caused_are_left_out()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var back = await Service("back", collector, app => app.MapGet("/data/{id}", (string id) => id));
        await using var front = await Front(collector, back);
        var quiet = new List<string>();
        foreach (var path in (string[])["/health", "/alive", "/quiet/5", "/under/health"])
        {
            quiet.Add(await Send(front, path));
        }

        // Not part of any trace of ours: the client's span has no parent.
        Activity.Current = null;
        using var client = front.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        await client.GetStringAsync(new Uri("http://back/data/unasked"));

        var loud = await Send(front, "/hello/6");
        await Eventually.Is(() => collector.In(loud).Count() >= 3, "the ordinary request's spans arrive");

        Assert.All(quiet, trace => Assert.Empty(collector.In(trace)));
        Assert.DoesNotContain("unasked", collector.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_and_metrics_are_sent_too_and_the_service_is_called_what_the_environment_says()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var service = await Service("named", collector, app => app.MapGet("/", (ILogger<TelemetryTests> logger) =>
        {
            logger.LogWarning("Something to read: {Number}.", 42);
            return "ok";
        }));

        await Send(service, "/");
        
        // The first metrics may be sent before the request has ended.
        string[] expected = ["Something to read: 42.", "http.server.request.duration"];
        await Eventually.Is(() => expected.All(text => collector.Text.Contains(text, StringComparison.Ordinal)), "the log line and the request's duration arrive");
        Assert.True(collector.Paths.ContainsKey("/v1/logs") && collector.Paths.ContainsKey("/v1/metrics"));
        Assert.Contains("named", collector.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_requests_and_calls_the_durations_are_sent_and_not_what_costs_more_than_it_tells()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var back = await Service("back", null, app => app.MapGet("/data/{id}", (string id) => id));
        await using var front = await Front(collector, back);

        await Send(front, "/hello/7");

        string[] durations = ["http.server.request.duration", "http.client.request.duration"];
        await Eventually.Is(() => durations.All(name => collector.Text.Contains(name, StringComparison.Ordinal)), "the durations arrive");
        string[] leftOut = ["http.client.open_connections", "http.client.active_requests", "http.client.request.time_in_queue", "aspnetcore.routing.match_attempts"];
        Assert.All(leftOut, name => Assert.DoesNotContain(name, collector.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "01", true)]
    [InlineData("", "00", false)]
    [InlineData("always_off", "01", false)]
    [InlineData("always_on", "00", false)]
    public async Task What_is_traced_is_for_the_sampler_of_the_settings_to_say_where_one_is_set(string sampler, string parentFlags, bool expected)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        bool? isTraced = null;
        await using var service = await Service("sampled", collector, app => app.MapGet("/", () => { isTraced = Activity.Current is { Recorded: true }; }), ("OTEL_TRACES_SAMPLER", sampler));

        await Send(service, "/", parentFlags);

        Assert.Equal(expected, isTraced);
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_collected()
    {
        await using var service = await Service("silent", null, app => app.MapGet("/", () => "ok"));

        await Send(service, "/");

        Assert.Null(service.Services.GetService<TracerProvider>());
    }

    [Theory]
    [InlineData("localhost:4318")]
    [InlineData("/v1/traces")]
    [InlineData("collector")]
    public void An_endpoint_that_is_no_URL_stops_the_boot_with_the_settings_name(string endpoint)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;

        var error = Assert.Throws<InvalidOperationException>(() => builder.AddServiceDefaults());

        Assert.StartsWith("Set OTEL_EXPORTER_OTLP_ENDPOINT to the URL of an OTLP receiver", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_never_answers_does_not_hold_up_the_end()
    {
        using var hole = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        hole.Start();
        var service = await Service("stuck", null, app => app.MapGet("/", () => "ok"), ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{hole.LocalEndpoint}"));
        await Send(service, "/");
        var clock = Stopwatch.StartNew();

        await service.StopAsync();
        await service.DisposeAsync();

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"The host needed {clock.Elapsed}.");
    }

    private static Task<WebApplication> Front(OtlpReceiver collector, WebApplication back, params (string Key, string Value)[] settings) => Service(
        "front",
        collector,
        app =>
        {
            app.MapGet("/hello/{id}", Ask);
            app.MapGet("/quiet/{id}", Ask).WithoutTrace();
            app.MapHealthEndpoints();
            app.MapGroup("/under").MapHealthEndpoints();
        },
        [("Services:back:http:0", back.Urls.Single()), .. settings]);

    private static async Task<IResult> Ask(string id, IHttpClientFactory clients)
    {
        using var client = clients.CreateClient();
        using var answer = await client.GetAsync(new Uri($"https+http://back/data/{id}?token=hidden-x&code=hidden-y&state=hidden-z"));
        return Results.StatusCode(answer.IsSuccessStatusCode ? 200 : 502);
    }

    private static async Task<WebApplication> Service(string name, OtlpReceiver? collector, Action<WebApplication> map, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector?.Url,
            ["OTEL_SERVICE_NAME"] = name,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    /// <summary>Sends a request as part of a new trace, sampled unless <paramref name="flags"/> say otherwise, and returns that trace's id.</summary>
    private static async Task<string> Send(WebApplication app, string path, string flags = "01")
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + path);
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-{flags}");
        using var answer = await client.SendAsync(request);
        return trace;
    }

    private static string Port(WebApplication app) => new Uri(app.Urls.Single()).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Has(OtlpReceiver.Span span, params (string Key, string Value)[] attributes) =>
        Assert.All(attributes, attribute => Assert.Equal(attribute.Value, span.Attributes.GetValueOrDefault(attribute.Key)));
}
