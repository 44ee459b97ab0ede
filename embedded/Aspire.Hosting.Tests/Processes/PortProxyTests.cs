using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Tests.Processes;

public sealed class PortProxyTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Bytes_pass_in_both_directions_and_the_end_of_each_is_passed_on_by_itself()
    {
        using var backend = Listener();
        await using var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () => EndPoint(backend));
        using var client = await DialAsync(proxy.Port);
        using var server = await backend.AcceptSocketAsync();

        await client.SendAsync("question"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("question", await ReadToEndAsync(server));

        await server.SendAsync("late answer"u8.ToArray());
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("late answer", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_client_that_ends_its_request_before_the_backend_is_dialled_gets_the_answer()
    {
        using var backend = Listener();
        using var front = Listener();
        using var client = await DialAsync(EndPoint(front).Port);
        await client.SendAsync("question"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        var accepted = await front.AcceptSocketAsync();
        await Eventually.Is(() => Posix.IsClosedByPeer(accepted.SafeHandle), "the end of the request arrives");

        using var ending = new CancellationTokenSource();
        var connection = new ProxiedConnection(accepted, () => EndPoint(backend)).RunAsync(ending.Token);
        using var server = await backend.AcceptSocketAsync().WaitAsync(Limit);
        Assert.Equal("question", await ReadToEndAsync(server));
        await server.SendAsync("answer"u8.ToArray());
        server.Shutdown(SocketShutdown.Send);

        Assert.Equal("answer", await ReadToEndAsync(client));
        await connection.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_server_that_finished_speaking_still_hears_the_client()
    {
        using var backend = Listener();
        await using var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () => EndPoint(backend));
        using var client = await DialAsync(proxy.Port);
        using var server = await backend.AcceptSocketAsync();

        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await ReadToEndAsync(client));
        await client.SendAsync("still here"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("still here", await ReadToEndAsync(server));
    }

    [Fact]
    public async Task A_client_waits_until_the_backend_listens()
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var dialled = 0;
        await using var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () =>
        {
            Interlocked.Increment(ref dialled);
            return endpoint;
        });
        using var client = await DialAsync(proxy.Port);
        await client.SendAsync("early"u8.ToArray());
        await Eventually.Is(() => dialled >= 4, "the proxy tries again");

        using var backend = new TcpListener(endpoint);
        backend.Start();
        using var server = await backend.AcceptSocketAsync().WaitAsync(Limit);

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("early", await ReadToEndAsync(server));
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_backend_listens_is_not_waited_for()
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var dialled = 0;
        await using var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () =>
        {
            Interlocked.Increment(ref dialled);
            return endpoint;
        });
        var client = await DialAsync(proxy.Port);
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await Eventually.Is(() => dialled >= 2, "the proxy tries again");

        client.Dispose();

        // The longest pause between two tries is half a second.
        var clock = Stopwatch.StartNew();
        var (seen, since) = (dialled, TimeSpan.Zero);
        await Eventually.Is(
            () =>
            {
                (seen, since) = seen == dialled ? (seen, since) : (dialled, clock.Elapsed);
                return clock.Elapsed - since > TimeSpan.FromSeconds(1.5);
            },
            "the proxy stops trying");
    }

    [Fact]
    public async Task A_reset_of_either_side_resets_the_other()
    {
        using var backend = Listener();
        await using var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () => EndPoint(backend));
        foreach (var serverFails in new[] { true, false })
        {
            using var client = await DialAsync(proxy.Port);
            using var server = await backend.AcceptSocketAsync();
            var (failing, other) = serverFails ? (server, client) : (client, server);
            await other.SendAsync("x"u8.ToArray());
            Assert.Equal(1, await failing.ReceiveAsync(new byte[1]));

            failing.LingerState = new LingerOption(true, 0);
            failing.Close();

            var exception = await Assert.ThrowsAsync<SocketException>(async () => await other.ReceiveAsync(new byte[1]).WaitAsync(Limit));
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_server_back()
    {
        using var backend = Listener();
        await using var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () => EndPoint(backend));
        using var client = await DialAsync(proxy.Port);
        using var server = await backend.AcceptSocketAsync();
        server.Blocking = false;

        var accepted = 0L;
        var block = new byte[1024 * 1024];
        var lastProgress = Stopwatch.StartNew();
        await Eventually.Is(
            () =>
            {
                var count = server.Send(block, SocketFlags.None, out var error);
                Assert.True(error is SocketError.Success or SocketError.WouldBlock);
                if (error is SocketError.Success)
                {
                    accepted += count;
                    lastProgress.Restart();
                }

                return accepted > 64 * 1024 * 1024 || lastProgress.Elapsed > TimeSpan.FromSeconds(1);
            },
            "the server is held back");

        // What the kernel's buffers on both sides take, and no more.
        Assert.InRange(accepted, 1, 32 * 1024 * 1024);
    }

    [Fact]
    public async Task A_taken_port_is_reported_as_such_and_freed_when_the_proxy_ends()
    {
        var proxy = PortProxy.Listen(PortProxy.Localhost, 0, () => new IPEndPoint(IPAddress.Loopback, 1));
        using var client = await DialAsync(proxy.Port);

        var exception = Assert.Throws<SocketException>(() => PortProxy.Listen(PortProxy.Localhost, proxy.Port, () => new IPEndPoint(IPAddress.Loopback, 1)));
        Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);

        await proxy.DisposeAsync().AsTask().WaitAsync(Limit);
        await using var next = PortProxy.Listen(PortProxy.Localhost, proxy.Port, () => new IPEndPoint(IPAddress.Loopback, 1));
        Assert.Equal(proxy.Port, next.Port);
    }

    [Fact]
    public async Task Localhost_is_the_same_port_on_every_loopback_address()
    {
        using var backend = Listener();
        await using var proxy = PortProxy.Listen(PortProxy.Localhost, 0, () => EndPoint(backend));

        Assert.Contains(IPAddress.Loopback, PortProxy.Localhost);
        foreach (var address in PortProxy.Localhost)
        {
            using var client = new TcpClient(address.AddressFamily);
            await client.ConnectAsync(address, proxy.Port);
            using var server = await backend.AcceptSocketAsync().WaitAsync(Limit);
        }
    }

    [Fact]
    public async Task The_end_of_a_proxy_ends_its_connections()
    {
        using var backend = Listener();
        var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () => EndPoint(backend));
        using var client = await DialAsync(proxy.Port);
        using var server = await backend.AcceptSocketAsync();

        await proxy.DisposeAsync().AsTask().WaitAsync(Limit);

        await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1]).WaitAsync(Limit));
        await Assert.ThrowsAsync<SocketException>(async () => await server.ReceiveAsync(new byte[1]).WaitAsync(Limit));
    }

    [Fact]
    public void A_free_port_is_handed_out_once()
    {
        var ports = Enumerable.Range(0, 300).AsParallel().Select(_ => FreePort.Next()).ToArray();

        Assert.Equal(ports.Length, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 10000, 32767));
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static IPEndPoint EndPoint(TcpListener listener) => (IPEndPoint)listener.LocalEndpoint;

    private static async Task<Socket> DialAsync(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var text = new MemoryStream();
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer).WaitAsync(Limit) is > 0 and var count)
        {
            text.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
