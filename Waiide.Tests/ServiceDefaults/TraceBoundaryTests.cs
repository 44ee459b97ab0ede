using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Hub;
using Waiide.Tests.Support;
using StubIde = Waiide.Tests.Support.StubIde;

namespace Waiide.Tests.ServiceDefaults;

/// <summary>Who may say which trace a request belongs to, what the other side of a proxy learns of it, and that nothing of all this is there where no traces are collected.</summary>
public sealed class TraceBoundaryTests
{
    private const string Cookie = "waiide-trace";
    private static readonly (string, string)[] Quick = [("OTEL_BSP_SCHEDULE_DELAY", "100")];

    [Theory]
    [InlineData("WAIIDE_TRUST_TRACEPARENT", "1", true)]
    [InlineData("WAIIDE_TRUSTED_PROXIES", "127.0.0.1", false)]
    public async Task The_gateway_joins_a_trace_only_where_it_is_told_to_and_its_IDE_gets_the_gateways_own(string setting, string value, bool joins)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var gateway = await RunningGateway.StandaloneAsync([("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), (setting, value), .. Quick]);
        using var browser = gateway.Browser();
        var (trace, traceparent) = NewTrace();

        using var page = await browser.SendAsync(HttpMethod.Get, "/a/page", null, [("Authorization", "token " + RunningGateway.Token), .. Says(traceparent)]);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        await Eventually.Is(() => collector.Spans.Values.Count(span => span.Attributes.GetValueOrDefault("url.path") == "/a/page") == 1, "the span of the page arrives");
        var served = collector.Spans.Values.Single(span => span.Attributes.GetValueOrDefault("url.path") == "/a/page");
        Assert.Equal(joins, served.TraceId == trace);
        Assert.Equal(joins, served.ParentId.Length > 0);
        var seen = gateway.Ide.Forwarded.Single(request => request.Target == "/a/page").Headers;
        Assert.StartsWith($"00-{served.TraceId}-", seen["traceparent"], StringComparison.Ordinal);
        Assert.NotEqual(traceparent, seen["traceparent"]);
        Assert.DoesNotContain("baggage", seen.Keys);
        Assert.Equal(joins, seen.ContainsKey("tracestate"));
    }

    [Theory]
    [InlineData("Information")]
    [InlineData("Trace")] // ASP.NET Core has Activities of its own then.
    public async Task A_client_who_is_not_trusted_can_neither_hide_from_the_traces_nor_join_one_with_a_cookie_of_its_own_making(string logs)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var gateway = await RunningGateway.StandaloneAsync([("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("Logging__Console__LogLevel__Default", logs), .. Quick]);
        using var browser = gateway.Browser();
        var (trace, traceparent) = NewTrace();

        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        var journey = browser.Cookies[Cookie].Value;
        browser.Cookies.Remove(Cookie);
        using var unsampled = await browser.SendAsync(HttpMethod.Get, "/unsampled", null, ("traceparent", traceparent[..^1] + "0"));
        using var forged = await browser.SendAsync(HttpMethod.Get, "/forged", null, ("Cookie", $"{Cookie}={traceparent}.{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}.{journey.Split('.')[2]}"));
        using var kept = await browser.SendAsync(HttpMethod.Get, "/kept", null, ("Cookie", $"{Cookie}={journey}"));

        string[] paths = ["/login", "/unsampled", "/forged", "/kept"];
        OtlpReceiver.Span Of(string path) => collector.Spans.Values.Single(span => span.Kind == 2 && span.Attributes.GetValueOrDefault("url.path") == path);
        await Eventually.Is(() => paths.All(path => collector.Spans.Values.Any(span => span.Kind == 2 && span.Attributes.GetValueOrDefault("url.path") == path)), "the spans of all requests arrive");
        Assert.Empty(collector.In(trace));
        Assert.Equal(Of("/login").SpanId, Of("/kept").ParentId);
        Assert.All(["/unsampled", "/forged"], path => Assert.Equal("", Of(path).ParentId));
    }

    [Fact]
    public async Task A_page_that_waits_for_a_person_ends_the_journey_and_a_redirect_takes_it_along()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var hub = await StubHub.StartAsync("ada");
        await using var gateway = await RunningGateway.StartAsync(hub, [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), .. Quick]);
        using var browser = gateway.Browser("ada");

        using var first = await browser.OpenAsync("/user/ada/");
        Assert.Equal("/user/ada/", browser.Cookies[Cookie].Path);
        var setting = first.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith(Cookie, StringComparison.Ordinal));
        Assert.EndsWith("; Max-Age=60; Path=/user/ada/; HttpOnly; SameSite=Lax", setting, StringComparison.Ordinal);
        var (page, _) = await browser.FollowAsync(first.Headers.Location!.OriginalString);
        using (page)
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        Assert.Contains(Cookie, browser.Cookies.Keys);
        Assert.DoesNotContain(gateway.Ide.Forwarded, request => request.Headers.GetValueOrDefault("Cookie", "").Contains(Cookie, StringComparison.Ordinal));

        string[] chain = ["authenticate", "oauth code exchange", "oauth user", "scope check", "forward"];
        await Eventually.Is(() => chain.All(name => collector.Spans.Values.Any(span => span.Name == name)), "the spans of the login arrive");
        Assert.Single(collector.Spans.Values.Where(span => chain.Contains(span.Name)).Select(span => span.TraceId).Distinct());

        using var refused = await browser.OpenAsync("/user/ada/oauth_callback?error=access_denied");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.DoesNotContain(Cookie, browser.Cookies.Keys);
    }

    [Fact]
    public async Task A_page_tells_of_its_journey_once()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var gateway = await RunningGateway.StandaloneAsync([("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), .. Quick]);
        gateway.Ide.When("/", context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html><head></head></html>");
        });
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        using var page = await browser.OpenAsync("/");
        var journey = (await page.Content.ReadAsStringAsync()).Split("data-journey=\"")[1].Split('"')[0];

        Assert.Equal(HttpStatusCode.NoContent, await Tell());
        Assert.Equal(HttpStatusCode.BadRequest, await Tell());
        await Eventually.Is(() => collector.Spans.Values.Any(span => span.Name == "browser"), "the browser's span arrives");
        Assert.Single(collector.Spans.Values, span => span.Name == "browser");

        async Task<HttpStatusCode> Tell()
        {
            var times = System.Net.Http.Json.JsonContent.Create(new { journey, request = 1, response = 2, scripts = 3, workbench = 4 });
            using var answer = await browser.SendAsync(HttpMethod.Post, "/api/journey", times, ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority)));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Where_nothing_is_collected_there_is_no_cookie_and_the_IDE_gets_the_clients_own_headers()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_TRUST_TRACEPARENT", "1"));
        gateway.Ide.When("/", context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html><head></head></html>");
        });
        using var browser = gateway.Browser();
        var (_, traceparent) = NewTrace();

        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        using var page = await browser.OpenAsync("/");
        using var asset = await browser.SendAsync(HttpMethod.Get, "/asset", null, Says(traceparent));

        Assert.DoesNotContain(Cookie, browser.Cookies.Keys);
        Assert.DoesNotContain("data-journey", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", gateway.Ide.Forwarded.Single(request => request.Target == "/").Headers.Keys);
        var seen = gateway.Ide.Forwarded.Single(request => request.Target == "/asset").Headers;
        Assert.All(Says(traceparent), header => Assert.Equal(header.Value, seen[header.Name]));
    }

    [Fact]
    public async Task The_hubs_front_makes_its_own_of_a_browsers_traceparent_and_the_API_joins_that_of_servers()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var server = await StubIde.StartAsync();
        await using var hub = await RunningHub.StartAsync(
            [("Users:ada", "pw"), ("Servers:0:User", "ada"), ("Servers:0:Url", server.Url.AbsoluteUri), ("Servers:0:ApiToken", "0123456789abcdef0123456789abcdef"), ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), .. Quick]);
        using var browser = hub.NewBrowser();
        var (forged, traceparent) = NewTrace();
        using var page = await browser.GetAsync("/user/ada/lab", Says(traceparent));
        var (believed, another) = NewTrace();
        var (claimed, strangers) = NewTrace();
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        foreach (var (place, authorization) in ((string, string?)[])[(strangers, null), (strangers, "token guessed"), (another, "token 0123456789abcdef0123456789abcdef")])
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Api, "/hub/api/"));
            question.Headers.Add("traceparent", place);
            question.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var answer = await client.SendAsync(question);
        }

        await Eventually.Is(() => collector.In(believed).Any(), "the hub's API joins the trace");
        await Eventually.Is(() => collector.Spans.Values.Any(span => span.Name == "GET /user/ada/"), "the front's span arrives, named by its route");
        Assert.Empty(collector.In(forged));
        Assert.Empty(collector.In(claimed));
        var front = collector.Spans.Values.Single(span => span.Name == "GET /user/ada/");
        var seen = server.Requests.Single(request => request.Target == "/user/ada/lab").Headers;
        Assert.StartsWith($"00-{front.TraceId}-", seen["traceparent"], StringComparison.Ordinal);
        Assert.DoesNotContain("baggage", seen.Keys);
    }

    private static (string Name, string Value)[] Says(string traceparent) => [("traceparent", traceparent), ("tracestate", "a=b"), ("baggage", "user=somebody")];

    private static (string Id, string Traceparent) NewTrace()
    {
        var id = ActivityTraceId.CreateRandom().ToHexString();
        return (id, $"00-{id}-{ActivitySpanId.CreateRandom()}-01");
    }
}
