using System.Net;
using System.Net.WebSockets;
using Waiide.Tests.Docs;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Telemetry;

/// <summary>/metrics from outside: who may read it, in which format, and what it says of what has just been done.</summary>
public sealed class MetricsTests
{
    private static readonly (string, string) Token = ("Authorization", "token " + RunningGateway.Token);

    [Fact]
    public async Task Requests_sockets_bytes_and_refusals_are_counted_and_nothing_is_named_that_is_not_documented()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_IDLE_TIMEOUT", "2h"));
        using var browser = gateway.Browser();
        using var page = await browser.SendAsync(HttpMethod.Get, "/secret-path?secret-query=1", null, Token);
        using var wrong = await browser.OpenAsync("/login?token=wrong");
        using var stranger = await browser.SendAsync(HttpMethod.Get, "/stable/x.js", null, ("Sec-Fetch-Mode", "cors"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [page.StatusCode, wrong.StatusCode, stranger.StatusCode]);
        var (socket, _) = await browser.ConnectAsync("/socket", Token, ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority)));
        await socket!.Echo("twelve bytes");

        var open = await ReadAsync(browser);
        Assert.Equal(1, open.Value("waiide_websocket_open", ("waiide_upstream", "ide")));
        Assert.Equal(1, open.Value("waiide_websocket_opened_total", ("waiide_upstream", "ide")));
        Assert.Equal(12 + 6, open.Value("waiide_websocket_io_bytes_total", ("network_io_direction", "receive"))); // A masked frame has 6 bytes more, one of a server 2.
        Assert.Equal(12 + 2, open.Value("waiide_websocket_io_bytes_total", ("network_io_direction", "transmit")));
        await socket!.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        socket.Dispose();

        MetricsText metrics = open;
        await Eventually.Is(async () => (metrics = await ReadAsync(browser)).Value("waiide_websocket_duration_seconds_count", ("waiide_upstream", "ide"), ("waiide_reason", "client_closed")) == 1, "the end is counted");
        Assert.Equal(0, metrics.Value("waiide_websocket_open"));
        Assert.Equal(1, metrics.Value("waiide_request_duration_seconds_count", ("http_route", "{**path}"), ("waiide_upstream", "ide"), ("waiide_outcome", "ok")));
        Assert.Equal(1, metrics.Value("waiide_request_duration_seconds_count", ("http_route", "{**path}"), ("waiide_upstream", "none"), ("waiide_outcome", "refused")));
        Assert.Equal(1, metrics.Value("waiide_request_duration_seconds_count", ("http_route", "/login"), ("waiide_outcome", "refused")));
        Assert.Equal(2, metrics.Value("waiide_request_own_duration_seconds_count", ("waiide_upstream", "ide")));
        Assert.Equal(2, metrics.Value("waiide_request_upstream_duration_seconds_count", ("waiide_upstream", "ide")));
        Assert.Equal(1, metrics.Value("waiide_signin_refused_total", ("waiide_reason", "wrong_token")));
        Assert.Equal(1, metrics.Value("waiide_signin_refused_total", ("waiide_reason", "not_signed_in")));
        Assert.Equal(1, metrics.Value("waiide_ide_state", ("waiide_ide_state", "running")));
        Assert.Equal(1, metrics.Value("waiide_ide_state"));
        Assert.Equal(7200, metrics.Value("waiide_idle_limit_seconds"));
        Assert.InRange(metrics.Value("waiide_idle_duration_seconds"), 0.0001, 600);
        TelemetryPage.HasAttributesOf(metrics);

        using var raw = await browser.SendAsync(HttpMethod.Get, "/metrics", null, Token);
        Assert.DoesNotContain("secret", await raw.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", raw.Content.Headers.ContentType!.ToString());
        using var asked = await browser.SendAsync(HttpMethod.Get, "/metrics", null, Token, ("Accept", "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5"));
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", asked.Content.Headers.ContentType!.ToString());
        Assert.Equal(1, MetricsText.Parse(await asked.Content.ReadAsStringAsync(), asOpenMetrics: true).Value("waiide_websocket_opened_total"));
    }

    [Fact]
    public async Task Under_a_hub_monitors_read_them_and_get_nothing_else()
    {
        var hub = await StubHub.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(hub);
        hub.Users["prometheus"] = ["read:metrics"];
        hub.Users["almost"] = ["read:metrics!user=ada", "read:hub"];
        hub.Users["bob"] = ["access:servers!server=bob/"];
        using var browser = gateway.Browser();
        (string, string) monitor = ("Authorization", "token " + hub.TokenOf("prometheus"));

        foreach (var (user, status) in new[] { ("prometheus", HttpStatusCode.OK), ("ada", HttpStatusCode.OK), ("almost", HttpStatusCode.Forbidden), ("bob", HttpStatusCode.Forbidden) })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/metrics", null, ("Authorization", "token " + hub.TokenOf(user)), ("Sec-Fetch-Mode", "cors"));
            Assert.Equal((user, status), (user, answer.StatusCode));
        }

        using var stranger = await browser.SendAsync(HttpMethod.Get, "/user/ada/metrics", null, ("Sec-Fetch-Mode", "cors"));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        foreach (var other in new[] { "/user/ada/", "/user/ada/api/notices", "/user/ada/proxy/3000/", "/user/ada/api/restart" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, other, null, monitor, ("Sec-Fetch-Mode", "cors"));
            Assert.Equal((other, HttpStatusCode.Forbidden), (other, answer.StatusCode));
        }

        using var status2 = await browser.SendAsync(HttpMethod.Get, "/user/ada/api/status", null, monitor);
        Assert.DoesNotContain("connections", await status2.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var read = await browser.SendAsync(HttpMethod.Get, "/user/ada/metrics", null, monitor);
        var metrics = MetricsText.Parse(await read.Content.ReadAsStringAsync());
        Assert.True(metrics.Value("waiide_hub_request_duration_seconds_count", ("waiide_hub_endpoint", "user"), ("waiide_outcome", "ok")) >= 4);
        Assert.True(metrics.Value("waiide_token_cache_lookup_total", ("waiide_result", "hit")) >= 1);
        Assert.True(metrics.Value("waiide_token_cache_lookup_total", ("waiide_result", "miss")) >= 4);
        Assert.True(metrics.Value("waiide_signin_refused_total", ("waiide_reason", "not_allowed")) >= 2);
        TelemetryPage.HasAttributesOf(metrics);
    }

    [SkippableFact]
    public async Task Memory_and_restarts_of_an_IDE_of_the_gateways_own_are_measured()
    {
        Prerequisites.Need("node", "setsid");
        using var home = new TempDirectory();
        var stub = new StubCodeServer(home.Path, Path.Combine(home.Path, "data"));
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", stub.Program), ("WAIIDE_DATA_DIR", Path.Combine(home.Path, "data")), ("WAIIDE_WORKSPACE", home.Path), ("MEM_LIMIT", "4G"));
        using var browser = gateway.Browser();
        var run = await stub.Run();
        StubCodeServer.Kill(run.Pid);
        await stub.Run(run);

        MetricsText metrics = null!;
        await Eventually.Is(async () => (metrics = await ReadAsync(browser)).Value("waiide_ide_state", ("waiide_ide_state", "running")) == 1 && metrics.Value("waiide_ide_restarts_total") == 1, "the second run is usable");

        Assert.Equal(4L << 30, metrics.Value("waiide_memory_limit_bytes"));
        Assert.InRange(metrics.Value("waiide_memory_used_bytes"), 20L << 20, 4L << 30);
        Assert.Equal(TelemetryPage.OfTheGateway, metrics.Families.Select(family => (family, metrics.Type(family), metrics.Help(family))).Order());
    }

    private static async Task<MetricsText> ReadAsync(Browser browser)
    {
        using var answer = await browser.SendAsync(HttpMethod.Get, "/metrics", null, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return MetricsText.Parse(await answer.Content.ReadAsStringAsync());
    }
}
