using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Private ports for processes: free at the moment, and never the same one twice.</summary>
internal static class FreePort
{
    // Below the ports that the kernel gives to outgoing connections: one of those could take the port before the process does,
    // and a client that dials such a port while nobody listens may, by chance, be connected to itself.
    private const int First = 10000;
    private const int Last = 32767;

    private static readonly HashSet<int> HandedOut = [];

    public static int Next()
    {
        lock (HandedOut)
        {
            for (var attempt = 0; attempt < Last - First; attempt++)
            {
                var port = Random.Shared.Next(First, Last + 1);
                if (!HandedOut.Contains(port) && IsFree(IPAddress.Any, port) && IsFree(IPAddress.IPv6Any, port))
                {
                    HandedOut.Add(port);
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"No port between {First} and {Last} is free.");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode is not SocketError.AddressAlreadyInUse; // A machine without IPv6 has other objections.
        }
    }
}
