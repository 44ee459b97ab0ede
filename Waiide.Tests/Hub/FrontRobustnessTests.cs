using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>Servers that misbehave, clients that go away, and requests that want to be two: the front proxy stands all of them.</summary>
public sealed class FrontRobustnessTests : IAsyncLifetime
{
    private readonly int _apiPort = Ports.Free();
    private RunningHub _hub = null!;

    public async Task InitializeAsync() =>
        _hub = await RunningHub.StartAsync(("Users:root", "pw"), ("Proxy:ApiPort", _apiPort.ToString(CultureInfo.InvariantCulture)), ("Proxy:AuthToken", RealProxy.Token));

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("\0\u0001\u0002 this is no HTTP\r\n\r\n")]
    [InlineData("HTTP/1.1 two hundred\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n")]
    public async Task A_server_that_answers_with_garbage_or_closes_is_one_that_does_not_answer(string words)
    {
        await using var server = new RawServer(async (stream, stop) => await stream.WriteAsync(Encoding.Latin1.GetBytes(words), stop));
        await RouteAsync("/user/ada", server.Url);
        using var browser = _hub.NewBrowser();
        using var answer = await browser.GetAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("http-equiv=\"refresh\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_resets_is_one_that_does_not_answer()
    {
        await using var server = new RawServer((stream, _) =>
        {
            stream.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
            stream.Socket.Close();
            return Task.CompletedTask;
        });
        await RouteAsync("/user/ada", server.Url);
        using var browser = _hub.NewBrowser();
        using var answer = await browser.GetAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task A_server_that_hangs_holds_up_nobody_else_and_is_left_when_its_client_leaves()
    {
        await using var hanging = new RawServer(ReadToEnd);
        await using var other = await StubIde.StartAsync();
        await RouteAsync("/user/hangs", hanging.Url);
        await RouteAsync("/user/ada", other.Url);

        using (var client = await ConnectAsync("GET /user/hangs/x HTTP/1.1\r\nHost: h\r\n\r\n"))
        {
            await Eventually.Is(() => !hanging.Heads.IsEmpty, "the request arrives");
            using var browser = _hub.NewBrowser();
            using var answer = await browser.GetAsync("/user/ada/x");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(1, hanging.Open);
        }

        await Eventually.Is(() => hanging.Open == 0, "the server is left alone");
    }

    [Fact]
    public async Task An_answer_that_ends_too_early_does_not_look_whole()
    {
        await using var server = new RawServer(async (stream, stop) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this"u8.ToArray(), stop));
        await RouteAsync("/user/ada", server.Url);
        using var browser = _hub.NewBrowser();
        await Assert.ThrowsAsync<HttpRequestException>(() => browser.GetAsync("/user/ada/x"));
    }

    [Fact]
    public async Task A_download_ends_at_the_server_when_its_client_leaves()
    {
        await using var server = new RawServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"u8.ToArray(), stop);
            for (var chunk = new byte[64 * 1024]; ;)
            {
                await stream.WriteAsync(chunk, stop);
            }
        });
        await RouteAsync("/user/ada", server.Url);
        using (var client = await ConnectAsync("GET /user/ada/x HTTP/1.1\r\nHost: h\r\n\r\n"))
        {
            await client.GetStream().ReadExactlyAsync(new byte[1_000_000]);
        }

        await Eventually.Is(() => server.Open == 0, "the server stops sending");
    }

    [Fact]
    public async Task An_event_arrives_when_it_is_sent_and_not_when_the_stream_ends()
    {
        await using var server = await StubIde.StartAsync();
        using var seen = new SemaphoreSlim(0);
        server.When("/user/ada/events", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: one\n\n");
            await context.Response.Body.FlushAsync();
            await seen.WaitAsync(TimeSpan.FromSeconds(20)); // The second follows only what has been read of the first.
            await context.Response.WriteAsync("data: two\n\n");
        });
        await RouteAsync("/user/ada", server.Url);
        using var client = await ConnectAsync("GET /user/ada/events HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        await ReadUntilAsync(client, "data: one\n\n");
        seen.Release();
        await ReadUntilAsync(client, "data: two\n\n");
    }

    [Fact]
    public async Task One_connection_carries_many_requests_to_many_servers()
    {
        await using var ada = await StubIde.StartAsync();
        await using var bob = await StubIde.StartAsync();
        await RouteAsync("/user/ada", ada.Url);
        await RouteAsync("/user/bob", bob.Url);
        using var client = await ConnectAsync("");
        for (var i = 0; i < 50; i++)
        {
            var target = $"/user/{(i % 2 == 0 ? "ada" : "bob")}/{i}";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n"));
            await ReadUntilAsync(client, $"GET {target}\n");
            await ReadUntilAsync(client, "0\r\n\r\n");
        }

        Assert.Equal((25, 25), (ada.Requests.Count, bob.Requests.Count));
        Assert.Equal((1, 1), (ada.Connections, bob.Connections)); // Kept alive as well.
    }

    [Fact]
    public async Task A_client_that_closes_its_connection_has_the_servers_closed_too()
    {
        await using var server = await StubIde.StartAsync();
        await RouteAsync("/user/ada", server.Url);
        foreach (var target in new[] { "/user/ada/1", "/user/ada/2" })
        {
            using var client = await ConnectAsync($"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n");
            await ReadUntilAsync(client, $"GET {target}\n");
        }

        Assert.All(server.Requests, request => Assert.Equal("close", request.Headers["Connection"]));
        Assert.Equal((2, 2), (server.Requests.Count, server.Connections));
    }

    [Fact]
    public async Task A_WebSocket_whose_client_or_server_has_said_all_ends_on_both_sides()
    {
        await using var listening = new RawServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"u8.ToArray(), stop);
            await ReadToEnd(stream, stop);
        });
        await using var speaking = new RawServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nall of it"u8.ToArray(), stop);
            stream.Socket.Shutdown(SocketShutdown.Send);
            await ReadToEnd(stream, stop);
        });
        await RouteAsync("/user/listens", listening.Url);
        await RouteAsync("/user/speaks", speaking.Url);

        using var client = await ConnectAsync(Upgrade("/user/listens/ws"));
        await ReadUntilAsync(client, "\r\n\r\n");
        client.Client.Shutdown(SocketShutdown.Send);
        await Eventually.Is(() => listening.Open == 0, "the server hears the end");

        using var other = await ConnectAsync(Upgrade("/user/speaks/ws"));
        await ReadUntilAsync(other, "all of it");
        await ReadToEnd(other.GetStream(), new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token); // An end that never comes fails the test.
        await Eventually.Is(() => speaking.Open == 0, "the server is left");
    }

    [Fact]
    public async Task A_WebSocket_that_is_cut_on_one_side_is_cut_on_the_other()
    {
        await using var server = new RawServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"u8.ToArray(), stop);
            await ReadToEnd(stream, stop);
        });
        await RouteAsync("/user/ada", server.Url);
        using (var client = await ConnectAsync(Upgrade("/user/ada/ws")))
        {
            await ReadUntilAsync(client, "\r\n\r\n");
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await Eventually.Is(() => server.Open == 0, "the server hears of it");
    }

    [Fact]
    public async Task A_WebSocket_that_gets_none_gets_the_servers_answer_or_an_empty_one()
    {
        await using var server = await StubIde.StartAsync();
        server.When("/user/ada/forbidden", async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("not you");
        });
        await RouteAsync("/user/ada", server.Url);
        await RouteAsync("/user/down", new Uri($"http://127.0.0.1:{Ports.Free()}"));

        using var refused = await ConnectAsync(Upgrade("/user/ada/forbidden"));
        Assert.StartsWith("HTTP/1.1 403 ", await ReadUntilAsync(refused, "not you"), StringComparison.Ordinal);
        using var down = await ConnectAsync(Upgrade("/user/down/x"));
        var head = await ReadUntilAsync(down, "\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", head, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 0", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Five_hundred_WebSockets_are_held_at_once()
    {
        await using var server = await StubIde.StartAsync();
        await RouteAsync("/user/ada", server.Url);
        var sockets = new List<ClientWebSocket>();
        try
        {
            foreach (var batch in Enumerable.Range(0, 500).Chunk(50))
            {
                sockets.AddRange(await Task.WhenAll(batch.Select(async number =>
                {
                    var socket = new ClientWebSocket();
                    await socket.ConnectAsync(new UriBuilder(_hub.Front) { Scheme = "ws", Path = $"/user/ada/{number}" }.Uri, default);
                    return socket;
                })));
            }

            foreach (var batch in sockets.Select((socket, number) => (socket, number)).Chunk(50))
            {
                var echoes = await Task.WhenAll(batch.Select(entry => entry.socket.Echo($"this is {entry.number}")));
                Assert.Equal(batch.Select(entry => $"this is {entry.number}"), echoes);
            }
        }
        finally
        {
            foreach (var socket in sockets)
            {
                socket.Dispose();
            }
        }
    }

    [Theory]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nbodyGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nContent-Length: 4, 4\r\n\r\nbodyGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /user/ada/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;x\ny\r\nz\r\n0\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /user/ada/ HTTP/1.1\r\nHost: h\r\nHost: other\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /user/ada/ HTTP/1.1\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /user/ada/ HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 10\r\n\r\n0123456789GET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /user/ada/ HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nGET /user/ada/second HTTP/1.1\r\nHost: h\r\n\r\n")]
    public async Task What_could_be_read_as_two_requests_is_refused_and_the_second_never_arrives(string request)
    {
        await using var server = await StubIde.StartAsync();
        await RouteAsync("/user/ada", server.Url);
        Assert.InRange(await RawHttp.StatusAsync(_hub.Front.Port, request), 400, 501);
        Assert.DoesNotContain(server.Requests, recorded => recorded.Target == "/user/ada/second");
    }

    [Theory]
    [InlineData("GET /user/ada/LONG HTTP/1.1\r\nHost: h\r\n\r\n", 17_000, 414)]
    [InlineData("GET /user/ada/ HTTP/1.1\r\nHost: h\r\nX-Long: LONG\r\n\r\n", 17_000, 431)]
    [InlineData("GET /user/ada/LONG HTTP/1.1\r\nHost: h\r\n\r\n", 15_000, 200)]
    [InlineData("GET /user/ada/ HTTP/1.1\r\nHost: h\r\nCookie: LONG\r\n\r\n", 15_000, 200)]
    public async Task A_head_may_be_as_large_as_Node_takes_it(string request, int length, int status)
    {
        await using var raw = new RawServer(async (stream, stop) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), stop));
        await RouteAsync("/user/ada", raw.Url);
        Assert.Equal(status, await RawHttp.StatusAsync(_hub.Front.Port, request.Replace("LONG", new string('x', length), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("CONNECT 127.0.0.1:PORT HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n")]
    [InlineData("CONNECT @127.0.0.1:PORT HTTP/1.1\r\nHost: @127.0.0.1:PORT\r\n\r\n")]
    [InlineData("GET http://127.0.0.1:PORT/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n")]
    [InlineData("GET http://127.0.0.1:PORT HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n")]
    [InlineData("GET /user/x/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX-Forwarded-Host: 127.0.0.1:PORT\r\n\r\n")]
    [InlineData("GET //127.0.0.1:PORT/x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /\\127.0.0.1:PORT/x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET @127.0.0.1:PORT/x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET :PORT/x HTTP/1.1\r\nHost: h\r\n\r\n")]
    public async Task No_target_leads_where_no_route_leads(string request)
    {
        await using var elsewhere = await StubIde.StartAsync();
        await using var target = await StubIde.StartAsync();
        await RealProxy.CallAsync(_apiPort, "POST", "/api/routes/", new JsonObject { ["target"] = target.Url.GetLeftPart(UriPartial.Authority) }.ToJsonString()); // Takes everything.
        var clock = Stopwatch.StartNew();
        try
        {
            await RawHttp.StatusAsync(_hub.Front.Port, request.Replace("PORT", elsewhere.Url.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }
        catch (IndexOutOfRangeException)
        {
            // Hung up on.
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(0, elsewhere.Connections);
    }

    private static string Upgrade(string target) =>
        $"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static async Task ReadToEnd(NetworkStream stream, CancellationToken stop)
    {
        for (var buffer = new byte[1024]; await stream.ReadAsync(buffer, stop) > 0;)
        {
        }
    }

    private static async Task<string> ReadUntilAsync(TcpClient client, string end)
    {
        var stream = client.GetStream();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)); // What never comes fails the test.
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            Assert.True(await stream.ReadAsync(one, limit.Token) == 1, $"The connection ended before '{end}', after:\n{text}");
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    private async Task<TcpClient> ConnectAsync(string request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _hub.Front.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        return client;
    }

    private async Task RouteAsync(string path, Uri target) =>
        Assert.Equal((201, ""), await RealProxy.CallAsync(_apiPort, "POST", "/api/routes" + path, new JsonObject { ["target"] = target.GetLeftPart(UriPartial.Authority) }.ToJsonString()));
}
