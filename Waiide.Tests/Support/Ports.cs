using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Waiide.Tests.Support;

internal static class Ports
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A loopback port that nothing listened on a moment ago, given to one test only.</summary>
    public static int Free()
    {
        while (true)
        {
            // Below the range of outgoing connections, any of which could otherwise take the port before its process listens; below those that the hub in a box
            // gives its servers (from 20000 on), and below the dashboard's (15100).
            var port = Random.Shared.Next(10_000, 15_000);
            if (Given.TryAdd(port, true) && IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
