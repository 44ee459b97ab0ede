using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>One client of a <see cref="PortProxy"/> and its connection to the backend.</summary>
internal sealed class ProxiedConnection(Socket client, Func<IPEndPoint> backend)
{
    private const int BufferSize = 64 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DialLimit = TimeSpan.FromSeconds(5);

    /// <summary>Ends when both sides have said all, one of them breaks off, or <paramref name="ending"/>.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        using (client)
        {
            using var server = await DialAsync(ending);
            if (server is null)
            {
                return;
            }

            client.NoDelay = true;
            server.NoDelay = true;
            await Task.WhenAll(CopyAsync(client, server, ending), CopyAsync(server, client, ending));
        }
    }

    private async Task<Socket?> DialAsync(CancellationToken ending)
    {
        for (var pause = FirstPause; !ending.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await TryDialAsync(ending) is { } server)
            {
                return server;
            }

            // A client that has said all and now listens looks like one that left. It costs the former its answer, but only where nobody listens yet.
            if (Posix.IsClosedByPeer(client.SafeHandle))
            {
                return null;
            }

            await Task.Delay(pause, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    private async Task<Socket?> TryDialAsync(CancellationToken ending)
    {
        var endpoint = backend();
        var server = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending);
        limit.CancelAfter(DialLimit);
        try
        {
            await server.ConnectAsync(endpoint, limit.Token);

            // Dialling a local port where nobody listens can, by chance, connect a socket to itself.
            if (!Equals(server.LocalEndPoint, server.RemoteEndPoint))
            {
                return server;
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Not there yet.
        }

        server.Dispose();
        return null;
    }

    // One direction. The end of what one side says is passed on, while the other may go on speaking.
    private static async Task CopyAsync(Socket from, Socket to, CancellationToken ending)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(0, BufferSize), ending) is > 0 and var count)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), ending);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Whoever still holds the other end must not take this for a regular end.
            Reset(from);
            Reset(to);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }

        socket.Dispose();
    }
}
