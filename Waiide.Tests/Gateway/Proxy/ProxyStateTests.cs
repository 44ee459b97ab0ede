using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using Waiide.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

public sealed class ProxyStateTests : IAsyncLifetime
{
    private static readonly HttpClient Client = new();
    private StubIde _ide = null!;

    public async Task InitializeAsync() => _ide = await StubIde.StartAsync();

    public async Task DisposeAsync() => await _ide.DisposeAsync();

    [Fact]
    public async Task While_the_ide_starts_people_see_a_page_and_programs_a_503_and_nothing_is_dialed()
    {
        _ide.Healthy = false;
        await using var gateway = await BareGateway.StartAsync(_ide);
        await Eventually.Is(() => !_ide.Requests.IsEmpty, "the gateway asks for the version");

        using var page = await Navigate(gateway, "deep/link?folder=%2Fwork");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Equal(TimeSpan.FromSeconds(2), page.Headers.RetryAfter!.Delta);
        var html = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        Assert.Equal("VS Code is starting", html.QuerySelector("h1")!.TextContent);
        Assert.Contains("refresh", html.QuerySelector("noscript")!.InnerHtml, StringComparison.Ordinal);

        using var poll = await Client.GetAsync(gateway.Url);
        Assert.Equal(HttpStatusCode.OK, poll.StatusCode);
        using var monitor = await Client.GetAsync(new Uri(gateway.Url, "version"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, monitor.StatusCode);
        using var data = await Client.GetAsync(new Uri(gateway.Url, "x.js"), Json());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, data.StatusCode);
        Assert.Equal("application/json", data.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(data.Headers.RetryAfter);
        using var post = await Client.PostAsync(gateway.Url, new StringContent("x"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, post.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Upgrade(gateway));

        Assert.Empty(_ide.Forwarded);
        Assert.Equal(_ide.Requests.Count, _ide.Connections);

        // The same requests arrive once it answers: the silence above was the gateway's doing.
        _ide.Healthy = true;
        await gateway.WhenUsable();
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await Upgrade(gateway));
        using var reached = await Navigate(gateway, "deep/link?folder=%2Fwork");
        Assert.Contains(_ide.Forwarded, request => request.Target == "/deep/link?folder=%2Fwork");
    }

    [Fact]
    public async Task A_page_that_waits_for_the_ide_is_no_use_of_the_server()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_ACTIVITY_INTERVAL", "0.1"));
        gateway.Ide.Healthy = false;
        using var browser = gateway.Browser();
        await Eventually.Is(async () => await Ask("/health") == HttpStatusCode.ServiceUnavailable, "the gateway misses the IDE");
        await Eventually.Is(() => Last() > DateTimeOffset.MinValue, "a report at the start");
        var missed = DateTimeOffset.UtcNow;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Ask());
        gateway.Ide.Healthy = true;
        await Eventually.Is(async () => await Ask("/health") == HttpStatusCode.OK, "the gateway finds the IDE again");

        // The report of a use arrives, and is the first since; many would have been sent meanwhile.
        var waited = DateTimeOffset.UtcNow;
        Assert.Equal(HttpStatusCode.OK, await Ask());
        await Eventually.Is(() => Last() > waited, "a report of the request");
        Assert.DoesNotContain(gateway.Hub!.Activity, report => Time(report) > missed && Time(report) < waited);

        async Task<HttpStatusCode> Ask(string target = "/user/ada/x")
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, target, null, ("Authorization", "token " + gateway.Hub!.TokenOf("ada")));
            return answer.StatusCode;
        }

        DateTimeOffset Last() => gateway.Hub!.Activity.Select(Time).DefaultIfEmpty().Max();

        static DateTimeOffset Time(JsonNode report) => DateTimeOffset.Parse((string)report["last_activity"]!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task An_attached_ide_that_goes_is_missed_and_found_again()
    {
        await using var gateway = await (await BareGateway.StartAsync(_ide)).WhenUsable();
        var port = _ide.Url.Port;
        await _ide.DisposeAsync();
        await Eventually.Is(async () => await Title(gateway) == "VS Code is not running", "the page says that the IDE is gone", TimeSpan.FromSeconds(5));
        Assert.Contains("WARN", gateway.Process.Output.ToUpperInvariant(), StringComparison.Ordinal);

        _ide = await StubIde.StartAsync(port);
        await gateway.WhenUsable();
    }

    [Fact]
    public async Task What_accepts_connections_but_never_answers_is_not_dialed_for_anybody()
    {
        var hole = new TcpListener(IPAddress.Loopback, 0);
        hole.Start();
        await using var gateway = await BareGateway.StartAsync("/", ("WAIIDE_IDE_URL", $"http://127.0.0.1:{((IPEndPoint)hole.LocalEndpoint).Port}"));
        await Eventually.Is(async () => (await Message(gateway)).Contains("did not answer within 2 s", StringComparison.Ordinal), "the gateway says what it waits for");

        var clock = Stopwatch.StartNew();
        for (var request = 0; request < 10; request++)
        {
            await Message(gateway);
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        while (hole.Pending())
        {
            using var connection = await hole.AcceptTcpClientAsync();
            Assert.StartsWith("GET /version ", await Wire.ReadUntil(connection.GetStream(), "\r\n"), StringComparison.Ordinal);
        }

        hole.Stop();
    }

    [Fact]
    public async Task A_page_that_is_being_opened_while_the_ide_dies_does_not_hang()
    {
        await using var gateway = await (await BareGateway.StartAsync(_ide)).WhenUsable();
        var asked = new TaskCompletionSource();
        _ide.When("/hangs", async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var opening = Navigate(gateway, "hangs");
        await asked.Task;
        _ide.Healthy = false;
        using var page = await opening.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Contains("VS Code is not running", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ide_that_comes_and_goes_under_many_requests_takes_nothing_down()
    {
        await using var gateway = await (await BareGateway.StartAsync(_ide)).WhenUsable();
        _ide.When("/short", context => Task.Delay(Random.Shared.Next(30), context.RequestAborted));
        using var end = new CancellationTokenSource();
        var people = Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested && !gateway.Process.HasExited)
            {
                try
                {
                    (await Navigate(gateway, "short")).Dispose();
                }
                catch (HttpRequestException)
                {
                    // Whether the gateway lives is asked below.
                }
            }
        })).ToArray();
        for (var loss = 1; loss <= 4; loss++)
        {
            _ide.Healthy = false;
            await Eventually.Is(() => gateway.Process.HasExited || Times("The IDE cannot be used") == loss, "the gateway misses the IDE");
            _ide.Healthy = true;
            await Eventually.Is(() => gateway.Process.HasExited || Times("The IDE server answers at") == loss + 1, "the gateway finds it again");
        }

        await end.CancelAsync();
        await Task.WhenAll(people);
        Assert.False(gateway.Process.HasExited, gateway.Process.Output);

        int Times(string line) => gateway.Process.Output.Split(line).Length - 1;
    }

    [Fact]
    public void Whoever_waits_for_the_loss_of_the_ide_cannot_fail_the_one_who_tells_it()
    {
        var state = new IdeState();
        state.Set(IdeStatus.Running, "It answers.");
        var now = state.Now;
        using var waits = now.Lost.Register(() => throw new ObjectDisposedException("a request that has ended"));

        state.Set(IdeStatus.Failed, "It does not.");

        Assert.True(now.Lost.IsCancellationRequested);
        state.Set(IdeStatus.Running, "It answers again.");
        Assert.False(state.Now.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_stop_that_is_meant_is_no_trouble_in_the_log()
    {
        await using var gateway = await (await BareGateway.StartAsync(_ide)).WhenUsable();
        var asked = new CountdownEvent(2);
        _ide.When("/hangs", async context =>
        {
            asked.Signal();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        _ide.When("/takes", async context =>
        {
            asked.Signal();
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        });
        var hanging = Client.GetAsync(new Uri(gateway.Url, "hangs"), Json());
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", gateway.Port);
        await client.GetStream().WriteAsync("POST /takes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"u8.ToArray());
        await Eventually.Is(() => asked.IsSet, "both requests have reached the IDE");
        var before = gateway.Process.Output.Length;

        await gateway.Stop();

        using var answer = await hanging;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("The gateway is stopping.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?m)^\S+ (warn|fail|crit)|InvalidOperationException", gateway.Process.Output[before..]);
    }

    [Fact]
    public async Task A_wrong_password_for_the_ide_is_named()
    {
        _ide.When("/version", context =>
        {
            context.Response.StatusCode = context.Request.Cookies["code-server-session"] == ProxyFixture.Password ? 200 : 401;
            return Task.CompletedTask;
        });
        await using (var without = await BareGateway.StartAsync(_ide))
        {
            await Eventually.Is(async () => (await Message(without)).Contains("WAIIDE_IDE_HASHED_PASSWORD", StringComparison.Ordinal), "the setting is named");
        }

        await using var with = await BareGateway.StartAsync(_ide, "/", ("WAIIDE_IDE_HASHED_PASSWORD", ProxyFixture.Password));
        await with.WhenUsable();
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_502_with_a_reason()
    {
        await using var gateway = await (await BareGateway.StartAsync(_ide)).WhenUsable();
        _ide.When("/dies", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var data = await Client.GetAsync(new Uri(gateway.Url, "dies"), Json());
        Assert.Equal(HttpStatusCode.BadGateway, data.StatusCode);
        Assert.Contains("ended before it had answered", await data.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var page = await Navigate(gateway, "dies");
        Assert.Equal(HttpStatusCode.BadGateway, page.StatusCode);
        Assert.Contains("<h1>No connection</h1>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_of_a_request_is_reflected_unencoded(bool healthy)
    {
        const string Evil = "<script>alert('1\")</script>";
        _ide.Healthy = healthy;
        await using var gateway = await BareGateway.StartAsync(_ide);
        await Eventually.Is(() => !_ide.Requests.IsEmpty, "the first probe");
        if (healthy)
        {
            await gateway.WhenUsable();
            _ide.When($"/{Evil}/dies", context =>
            {
                context.Abort();
                return Task.CompletedTask;
            });
        }

        foreach (var target in new[] { $"/{Evil}/dies?{Evil}", $"/proxy/{Evil}/", $"/proxy/{gateway.Port}/{Evil}?{Evil}", $"/../{Evil}", $"/api/{Evil}" })
        {
            foreach (var accept in new[] { "text/html", "application/json" })
            {
                var answer = await Wire.Exchange(gateway.Port, $"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nX-Evil: {Evil}\r\nConnection: close\r\n\r\n");
                Assert.Contains("X-Content-Type-Options: nosniff", answer, StringComparison.Ordinal);
                Assert.DoesNotContain("<script>alert", answer, StringComparison.Ordinal);
                Assert.DoesNotContain("'1\"", answer, StringComparison.Ordinal);
            }
        }
    }

    private static async Task<HttpResponseMessage> Navigate(BareGateway gateway, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, target));
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        request.Headers.Add("Sec-Fetch-Dest", "document");
        return await Client.SendAsync(request);
    }

    private static async Task<string?> Title(BareGateway gateway)
    {
        using var page = await Navigate(gateway, "");
        return new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync()).QuerySelector("h1")?.TextContent;
    }

    private static async Task<string> Message(BareGateway gateway)
    {
        using var answer = await Client.GetAsync(gateway.Url, Json());
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> Upgrade(BareGateway gateway)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", gateway.Url.GetLeftPart(UriPartial.Authority));
        try
        {
            await socket.ConnectAsync(new Uri(gateway.Url.ToString().Replace("http:", "ws:", StringComparison.Ordinal)), default);
        }
        catch (WebSocketException)
        {
            // The status tells why.
        }

        return socket.HttpStatusCode;
    }

    private static Action<HttpRequestHeaders> Json() => headers => headers.Accept.ParseAdd("application/json");
}

/// <summary>A GET with more headers, in one line.</summary>
internal static class HttpClientGet
{
    internal static async Task<HttpResponseMessage> GetAsync(this HttpClient client, Uri address, Action<HttpRequestHeaders> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        headers(request.Headers);
        return await client.SendAsync(request);
    }
}
