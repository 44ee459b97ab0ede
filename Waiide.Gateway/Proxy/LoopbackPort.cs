using System.Net;
using System.Net.Sockets;

namespace Waiide.Gateway.Proxy;

/// <summary>A connection to a port of this machine, and of no other: the host is written here.</summary>
internal static class LoopbackPort
{
    // Node takes "localhost" for ::1 where the system does, so that Vite and others listen there alone.
    private static readonly IPAddress[] Addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    internal static async Task<NetworkStream> ConnectAsync(ushort port, CancellationToken cancellationToken)
    {
        SocketException? first = null;
        foreach (var address in Addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                first ??= failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw first!;
    }

    /// <summary>Whether <paramref name="failure"/> means that nothing listens there.</summary>
    internal static bool IsClosed(Exception? failure) => failure?.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
}
