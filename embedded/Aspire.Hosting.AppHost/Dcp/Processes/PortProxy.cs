using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Holds a public port and passes its connections, byte for byte, to a backend that may still be starting: clients wait instead of being refused.</summary>
internal sealed class PortProxy : IAsyncDisposable
{
    // IPPROTO_IP and IP_FREEBIND of ip(7)
    private const int IpLevel = 0;
    private const int FreeBind = 15;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Func<IPEndPoint> _backend;
    private readonly Func<IPAddress, bool>? _mayConnect;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly Task _accepting;

    private PortProxy(List<Socket> listeners, Func<IPEndPoint> backend, Func<IPAddress, bool>? mayConnect = null)
    {
        _backend = backend;
        _mayConnect = mayConnect;
        Port = PortOf(listeners[0]);
        _accepting = Task.WhenAll(listeners.Select(listener => Task.Run(() => AcceptAsync(listener))));
    }

    /// <summary>What "localhost" means: 127.0.0.1 and, on a machine that has it, ::1.</summary>
    public static IReadOnlyList<IPAddress> Localhost { get; } = HasIPv6Loopback() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    public int Port { get; }

    public static PortProxy Listen(IPAddress address, int port, Func<IPEndPoint> backend) => Listen([address], port, backend);

    /// <summary>Listens on an address that the machine may not have yet, such as that of a network which comes with its first container; the connection of a peer that may not is closed.</summary>
    public static PortProxy ListenAhead(IPAddress address, int port, Func<IPEndPoint> backend, Func<IPAddress, bool> mayConnect) =>
        new([Bind(address, port, isAhead: true)], backend, mayConnect);

    /// <summary>Listens on each address; port 0 is any that is free on all of them. <paramref name="backend"/> is asked before each try to dial. Throws <see cref="SocketException"/> (AddressAlreadyInUse) when the port is taken.</summary>
    public static PortProxy Listen(IReadOnlyList<IPAddress> addresses, int port, Func<IPEndPoint> backend)
    {
        var listeners = new List<Socket>();
        try
        {
            foreach (var address in addresses)
            {
                listeners.Add(Bind(address, listeners.Count == 0 ? port : PortOf(listeners[0])));
            }
        }
        catch (SocketException exception)
        {
            listeners.ForEach(listener => listener.Dispose());
            if (port == 0 && listeners.Count > 0 && exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                return Listen(addresses, port, backend);
            }

            throw;
        }

        return new PortProxy(listeners, backend);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _ending.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        using (listener)
        {
            while (!_ending.IsCancellationRequested)
            {
                try
                {
                    var client = await listener.AcceptAsync(_ending.Token);
                    if (!MayConnect(client))
                    {
                        client.Dispose();
                        continue;
                    }

                    var connection = new ProxiedConnection(client, _backend).RunAsync(_ending.Token);
                    _connections.TryAdd(connection, default);
                    _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (SocketException)
                {
                    // A client that left at once, or no file descriptor to spare: the next one may fare better.
                    await Task.Delay(AcceptPause);
                }
            }
        }
    }

    private bool MayConnect(Socket client)
    {
        try
        {
            return _mayConnect is null || (client.RemoteEndPoint is IPEndPoint peer && _mayConnect(peer.Address));
        }
        catch (SocketException)
        {
            return false; // It has left already.
        }
    }

    private static Socket Bind(IPAddress address, int port, bool isAhead = false)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                listener.DualMode = true;
            }

            if (isAhead)
            {
                listener.SetRawSocketOption(IpLevel, FreeBind, BitConverter.GetBytes(1));
            }

            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(512);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static bool HasIPv6Loopback()
    {
        try
        {
            using var _ = Bind(IPAddress.IPv6Loopback, 0);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
