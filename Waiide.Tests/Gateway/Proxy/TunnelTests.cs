using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

public sealed class TunnelTests : IAsyncLifetime
{
    private const string Token = "a-token-of-the-tunnel-test";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private BareGateway _gateway = null!;

    public async Task InitializeAsync() =>
        _gateway = await BareGateway.StartAsync("/user/ada/", ("WAIIDE_IDE_COMMAND", "/nowhere/code-server"), ("WAIIDE_AUTH", "token"), ("WAIIDE_TOKEN", Token), ("WAIIDE_DENIED_PORTS", "5432"));

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [SkippableFact]
    public async Task The_client_of_the_documentation_carries_both_directions_to_their_own_ends()
    {
        Prerequisites.Need("python3");
        var (up, down) = (new byte[3_000_000], new byte[3_000_000]);
        Random.Shared.NextBytes(up);
        Random.Shared.NextBytes(down);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var received = Task.Run(async () =>
        {
            using var peer = await listener.AcceptTcpClientAsync();
            var all = new MemoryStream();
            await peer.GetStream().CopyToAsync(all); // Ends with the other side's FIN, after which this one speaks.
            await peer.GetStream().WriteAsync(down);
            return all.ToArray();
        });

        var start = new ProcessStartInfo("python3", [Path.Combine(Repository.Root, "deploy", "tunnel", "tunnel.py"), _gateway.Url.ToString(), Port(listener), "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["WAIIDE_TOKEN"] = Token;
        await using var tunnel = ChildProcess.Start(start);
        await tunnel.WaitForOutput(" is at 127.0.0.1:");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, int.Parse(tunnel.Output.Split(':')[^1], CultureInfo.InvariantCulture));
        await using var stream = client.GetStream();
        await stream.WriteAsync(up);
        client.Client.Shutdown(SocketShutdown.Send);
        var answer = new MemoryStream();
        await stream.CopyToAsync(answer).WaitAsync(Limit);

        Assert.Equal(SHA256.HashData(up), SHA256.HashData(await received.WaitAsync(Limit)));
        Assert.Equal(SHA256.HashData(down), SHA256.HashData(answer.ToArray()));
    }

    [Fact]
    public async Task It_is_as_closed_as_everything_else()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = Port(listener);
        var own = _gateway.Port.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(port, token: "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(port, token: null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusOf(own, Token));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusOf("5432", Token));
        foreach (var text in new[] { "0", "99999", "+22", "%D9%A8", "localhost", "0x16", "22.", "127.0.0.1:22" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, await StatusOf(text, Token));
        }

        Assert.Equal(HttpStatusCode.BadGateway, await StatusOf(Ports.Free().ToString(CultureInfo.InvariantCulture), Token));
        Assert.False(listener.Pending());
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await StatusOf(port, Token));
    }

    [Fact]
    public async Task When_the_port_is_cut_the_WebSocket_ends_too()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = Client(Token);
        await socket.ConnectAsync(new Uri($"ws://{_gateway.Url.Authority}/user/ada/tunnel/{Port(listener)}"), default).WaitAsync(Limit);
        using (var peer = await listener.AcceptSocketAsync().WaitAsync(Limit))
        {
            peer.LingerState = new LingerOption(enable: true, seconds: 0); // A reset, not an end.
            peer.Close();
        }

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[10], default).WaitAsync(Limit));
    }

    private static string Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

    private static ClientWebSocket Client(string? token)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", "token " + token);
        }

        return socket;
    }

    private async Task<HttpStatusCode> StatusOf(string port, string? token)
    {
        using var socket = Client(token);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{_gateway.Url.Authority}/user/ada/tunnel/{port}"), default).WaitAsync(Limit);
        }
        catch (WebSocketException)
        {
            // The status tells why.
        }

        return socket.HttpStatusCode;
    }
}
