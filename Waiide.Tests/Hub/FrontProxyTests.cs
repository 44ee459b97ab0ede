using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The front proxy routes as configurable-http-proxy does.</summary>
[Collection(HubTests.Name)]
public sealed class FrontProxyTests(HubFixture hub)
{
    [Theory]
    [InlineData("/user/alice", "alice")]
    [InlineData("/user/alice/", "alice")]
    [InlineData("/user/alice?x=/user/dave/", "alice")]
    [InlineData("/user/alice/env-on/x", "alice")]
    [InlineData("/user/alice/env-one", "env-one")]
    [InlineData("/user/alice/env-one/x/y", "env-one")]
    [InlineData("/user/alice/env%2Done/x", "env-one")]
    [InlineData("/user/alice/x/../env-one/y", "env-one")]
    [InlineData("/user/alice/%2e%2e/dave/y", "dave")]
    [InlineData("/user/we%2Bird@ex.org/s-%C3%A9/x", "weird")]
    [InlineData("/user/we%2Bird%40ex.org/s-%c3%a9/x", "weird")]
    [InlineData("/user/we+ird@ex.org/s-%C3%A9", "weird")]
    public async Task The_longest_prefix_of_the_decoded_path_gets_the_request(string target, string server)
    {
        var mark = "mark=" + Guid.NewGuid().ToString("N");
        using var browser = hub.NewBrowser();

        using var answer = await browser.GetAsync(target + (target.Contains('?') ? "&" : "?") + mark);

        Assert.Equal("ide", answer.Headers.GetValues("X-Stub").Single());
        var stubs = new Dictionary<string, StubIde> { ["alice"] = hub.Alice, ["env-one"] = hub.AliceEnvOne, ["dave"] = hub.Dave, ["weird"] = hub.Weird };
        var seen = stubs.Single(stub => stub.Value.Requests.Any(request => request.Target.EndsWith(mark, StringComparison.Ordinal)));
        Assert.Equal(server, seen.Key);
    }

    [Theory]
    [InlineData("/user/alicex/")]
    [InlineData("/user/Alice/")]
    [InlineData("/user/we%2Bird@ex.org/")]
    [InlineData("/user/")]
    [InlineData("/services/none/x?y=z")]
    public async Task What_has_no_route_is_led_into_the_hub(string target)
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.GetAsync(target);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/hub" + target, answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/user/alice/a%2Fb%41%7e//c/d;e=f,g?q=%20+%22&x=[]|{}\\")]
    [InlineData("/user/alice/%E2%82%AC")]
    public async Task A_path_arrives_byte_for_byte(string target)
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.GetAsync(target);
        Assert.Contains(hub.Alice.Requests, request => request.Target == target);
    }

    [Theory]
    [InlineData("/user/alice/%zz")]
    [InlineData("/user/alice/%")]
    [InlineData("/user/alice/%ff")]
    public async Task A_path_that_cannot_be_decoded_is_an_error_of_the_proxy(string target)
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.GetAsync(target);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain(hub.Alice.Requests, request => request.Target == target);
    }

    [Fact]
    public async Task Forwarded_headers_are_appended_and_the_host_is_kept()
    {
        using var browser = hub.NewBrowser();
        var port = hub.Front.Port;

        using var plain = await browser.GetAsync("/user/alice/plain", ("Authorization", "token abc"), ("Cookie", "a=b; a=c"));
        var seen = Seen("/user/alice/plain");
        Assert.Equal(hub.Front.Authority, seen["Host"]);
        Assert.Equal(("127.0.0.1", $"{port}", "http", hub.Front.Authority), Forwarded(seen));
        Assert.Equal("token abc", seen["Authorization"]);
        Assert.Equal("a=b; a=c", seen["Cookie"]);

        using var chained = await browser.GetAsync(
            "/user/alice/chained", ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Port", "443"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "hub.example.org"));
        Assert.Equal(("6.6.6.6,127.0.0.1", $"443,{port}", "https,http", "hub.example.org"), Forwarded(Seen("/user/alice/chained")));

        static (string, string, string, string) Forwarded(IReadOnlyDictionary<string, string> headers) =>
            (headers["X-Forwarded-For"], headers["X-Forwarded-Port"], headers["X-Forwarded-Proto"], headers["X-Forwarded-Host"]);
    }

    [Fact]
    public async Task A_WebSocket_goes_through_and_what_the_client_sends_counts_as_activity()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{hub.Front.Authority}/user/alice/env-one/socket?x=%2F"), default);
        var before = await ActivityAsync("/user/alice/env-one/");

        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, default);
        var buffer = new byte[100];
        var echo = await socket.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, echo.Count));
        Assert.NotEqual(before, await ActivityAsync("/user/alice/env-one/"));

        var seen = hub.AliceEnvOne.Requests.Single(request => request.Target == "/user/alice/env-one/socket?x=%2F").Headers;
        Assert.Equal("ws", seen["X-Forwarded-Proto"]);
        Assert.False(seen.ContainsKey("X-Forwarded-Host"));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Successes_count_as_activity_and_failures_do_not()
    {
        using var browser = hub.NewBrowser();
        var (weird, ivan) = ("/user/we%2Bird@ex.org/s-%C3%A9/", "/user/ivan/");
        var before = (Good: await ActivityAsync(weird), Bad: await ActivityAsync(ivan));

        using var good = await browser.GetAsync(weird);
        using var bad = await browser.GetAsync(ivan);

        Assert.NotEqual(before.Good, await ActivityAsync(weird));
        Assert.Equal(before.Bad, await ActivityAsync(ivan));
    }

    [Fact]
    public async Task Large_bodies_pass_in_both_directions_without_being_held()
    {
        const int size = 160 * 1024 * 1024; // Far above the server's own limit of 30 MB.
        using var browser = hub.NewBrowser();
        var before = hub.PeakMemory();

        using var down = await browser.GetAsync($"/user/bulk/?bytes={size}");
        var body = await down.Content.ReadAsByteArrayAsync();
        Assert.Equal(size, body.Length);
        using var up = await browser.SendAsync(HttpMethod.Put, "/user/bulk/", new ByteArrayContent(body));

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await up.Content.ReadAsStringAsync());
        Assert.InRange(hub.PeakMemory() - before, 0, 64 * 1024 * 1024);
    }

    [Fact]
    public async Task A_server_that_is_down_gets_a_page_that_tries_again()
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.GetAsync("/user/ivan/lab?x=<script>");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.ToString());
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_of_the_API_proxies_nothing_whatever_host_it_is_called_by()
    {
        using var client = new Browser(hub.Api);
        using var answer = await client.GetAsync("/user/alice/only-at-the-front", ("Host", hub.Front.Authority));
        Assert.Equal("/hub/user/alice/only-at-the-front", answer.Headers.Location!.OriginalString);
        Assert.DoesNotContain(hub.Alice.Requests, request => request.Target == "/user/alice/only-at-the-front");
    }

    private IReadOnlyDictionary<string, string> Seen(string target) => hub.Alice.Requests.Single(request => request.Target == target).Headers;

    private async Task<string?> ActivityAsync(string route)
    {
        using var admin = await hub.SignedInAsync("root");
        using var answer = await admin.GetAsync("/hub/api/proxy");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())![route]!["data"]!["last_activity"]?.GetValue<string>();
    }
}
