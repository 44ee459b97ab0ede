using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

public class ProxyWebSocketTests(ProxyFixture proxy) : IClassFixture<ProxyFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Messages_of_all_sizes_come_back_as_they_went()
    {
        using var socket = await Open(proxy.Gateway, "echo?reconnectionToken=a%2Fb");
        foreach (var size in new[] { 0, 1, 125, 126, 65535, 65536, 1_000_000 })
        {
            var message = new byte[size];
            Random.Shared.NextBytes(message);
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, default);
            Assert.Equal(message, await Receive(socket));
        }

        Assert.Contains(proxy.Ide.Forwarded, request => request.Target == "/echo?reconnectionToken=a%2Fb" && request.Headers["X-Forwarded-Host"] == proxy.Gateway.Url.Authority);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default).WaitAsync(Limit);
    }

    [Fact]
    public async Task Subprotocol_and_compression_are_agreed_between_browser_and_ide()
    {
        using var socket = await Open(proxy.Gateway, "echo", options =>
        {
            options.AddSubProtocol("vscode.remote");
            options.AddSubProtocol("other");
            options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        });
        Assert.Equal("vscode.remote", socket.SubProtocol);
        var message = Encoding.UTF8.GetBytes(new string('x', 10_000));
        await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, default);
        Assert.Equal(message, await Receive(socket));
    }

    [Fact]
    public async Task The_browsers_close_code_reaches_the_ide_and_its_answer_the_browser()
    {
        using var socket = await Open(proxy.Gateway, "echo");
        await socket.CloseAsync((WebSocketCloseStatus)4321, "so long", default).WaitAsync(Limit);
        Assert.Equal((4321, "so long"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task The_ides_close_code_reaches_the_browser()
    {
        proxy.Ide.When("/closes", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.CloseAsync((WebSocketCloseStatus)4001, "enough", context.RequestAborted);
        });
        using var socket = await Open(proxy.Gateway, "closes");
        var last = await socket.ReceiveAsync(new byte[10], default).WaitAsync(Limit);
        Assert.Equal((4001, "enough"), ((int)last.CloseStatus!, last.CloseStatusDescription));
    }

    [Fact]
    public async Task When_the_browser_vanishes_the_ide_notices()
    {
        var ended = new TaskCompletionSource();
        proxy.Ide.When("/waits", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            try
            {
                await socket.ReceiveAsync(new byte[10], context.RequestAborted);
            }
            catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
            {
                ended.SetResult();
            }
        });
        var socket = await Open(proxy.Gateway, "waits");
        socket.Abort();
        await ended.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task When_the_ide_vanishes_the_browser_notices()
    {
        proxy.Ide.When("/vanishes", async context =>
        {
            var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[10], context.RequestAborted);
            context.Abort();
        });
        using var socket = await Open(proxy.Gateway, "vanishes");
        await socket.SendAsync(new byte[1], WebSocketMessageType.Binary, endOfMessage: true, default);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[10], default).WaitAsync(Limit));
    }

    [Fact]
    public async Task A_refused_upgrade_is_an_answer_like_any_other()
    {
        proxy.Ide.When("/refuses", context =>
        {
            context.Response.StatusCode = 403;
            return context.Response.WriteAsync("not you");
        });
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", proxy.Gateway.Url.GetLeftPart(UriPartial.Authority));
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(proxy.Gateway, "refuses"), default));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_stopping_gateway_says_goodbye_to_open_sockets_and_ends_in_time()
    {
        await using var ide = await StubIde.StartAsync();
        await using var gateway = await (await BareGateway.StartAsync(ide)).WhenUsable();
        ide.When("/stream", async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var rest = new TaskCompletionSource();
        ide.When("/halves", async context =>
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers["Sec-WebSocket-Accept"] = Accept(context.Request.Headers["Sec-WebSocket-Key"]!);
            var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await stream.WriteAsync(new byte[] { 0x82, 4, 1, 2 });
            await rest.Task;
            await stream.WriteAsync(new byte[] { 3, 4, 0x82, 1, 5 });
            await stream.CopyToAsync(Stream.Null);
        });
        using var quiet = await Open(gateway, "echo");
        using var talking = await Open(gateway, "halves");
        var buffer = new byte[2];
        Assert.Equal(2, (await talking.ReceiveAsync(buffer, default).WaitAsync(Limit)).Count);
        using var client = new HttpClient();
        using var streaming = await client.GetAsync(new Uri(gateway.Url, "stream"), HttpCompletionOption.ResponseHeadersRead);

        var clock = Stopwatch.StartNew();
        gateway.Process.Signal("TERM");
        var last = await quiet.ReceiveAsync(buffer, default).WaitAsync(Limit);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, last.CloseStatus);
        await quiet.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);

        // In the middle of a frame a goodbye waits for its end; after it comes nothing more.
        rest.SetResult();
        var second = await talking.ReceiveAsync(buffer, default).WaitAsync(Limit);
        Assert.Equal(new byte[] { 3, 4 }, buffer[..second.Count]);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, (await talking.ReceiveAsync(buffer, default).WaitAsync(Limit)).CloseStatus);

        Assert.Equal(0, await gateway.Process.WaitForExit(Limit));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_stopping_gateway_does_not_wait_for_an_upgrade_that_the_ide_has_not_answered()
    {
        await using var ide = await StubIde.StartAsync();
        await using var gateway = await (await BareGateway.StartAsync(ide)).WhenUsable();
        var asked = new TaskCompletionSource();
        ide.When("/thinks", async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var answer = Wire.Exchange(gateway.Port, $"GET /thinks HTTP/1.1\r\nHost: {gateway.Url.Authority}\r\nOrigin: {gateway.Url.GetLeftPart(UriPartial.Authority)}\r\n"
            + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await asked.Task.WaitAsync(Limit);

        var clock = Stopwatch.StartNew();
        gateway.Process.Signal("TERM");
        Assert.StartsWith("HTTP/1.1 503", await answer, StringComparison.Ordinal);
        Assert.Equal(0, await gateway.Process.WaitForExit(Limit));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
    }

#pragma warning disable CA5350 // SHA-1 is what https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2 asks for.
    private static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350

    private static async Task<ClientWebSocket> Open(BareGateway gateway, string target, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", gateway.Url.GetLeftPart(UriPartial.Authority));
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(Address(gateway, target), default).WaitAsync(Limit);
        return socket;
    }

    private static Uri Address(BareGateway gateway, string target) => new(gateway.Url.ToString().Replace("http://", "ws://", StringComparison.Ordinal) + target);

    private static async Task<byte[]> Receive(ClientWebSocket socket)
    {
        var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, default).WaitAsync(Limit);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return message.ToArray();
    }
}
