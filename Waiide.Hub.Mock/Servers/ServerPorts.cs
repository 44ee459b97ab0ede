using System.Net;
using System.Net.Sockets;

namespace Waiide.Hub.Mock.Servers;

/// <summary>
/// On which port a server is told to listen. It does so some time later, and whoever answers there meanwhile is taken for it. So it is a port that the kernel gives to nobody
/// who connects or listens somewhere (by default those from 32768 on), and none of a Kubernetes node's services (from 30000 on), unless all of these are taken.
/// </summary>
internal static class ServerPorts
{
    private const int First = 20_000;
    private const int Count = 10_000;
    private const int Any = 0;

    /// <summary>A port of <paramref name="address"/> that can be listened on and is none of <paramref name="given"/>, on which servers may not listen yet. Throws <see cref="SocketException"/> where there is none.</summary>
    public static int Choose(IPAddress address, IReadOnlySet<int> given)
    {
        var start = Random.Shared.Next(Count);
        var port = Enumerable.Range(start, Count).Select(next => First + next % Count).FirstOrDefault(port => !given.Contains(port) && CanBeOpened(address, port), Any);
        while (port == Any || given.Contains(port))
        {
            port = Open(address, Any);
        }

        return port;
    }

    private static bool CanBeOpened(IPAddress address, int port)
    {
        try
        {
            Open(address, port);
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    // Opens and closes it, and returns which it was.
    private static int Open(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        if (address.Equals(IPAddress.IPv6Any))
        {
            listener.Server.DualMode = true; // As servers do that are told "::"; the hub then connects to 127.0.0.1.
        }

        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
