using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Waiide.Hub.Mock.Faults;

/// <summary>Opens the hub's ports, and can close them for a time: connections are cut and new ones refused by the system itself, as when the hub is not there.</summary>
internal sealed class Outages(IOptions<SocketTransportOptions> sockets, ILoggerFactory loggers) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory _sockets = new(sockets, loggers);
    private readonly ConcurrentBag<ClosableListener> _listeners = [];

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new ClosableListener(() => _sockets.BindAsync(endpoint), await _sockets.BindAsync(endpoint, cancellationToken), loggers.CreateLogger<ClosableListener>());
        _listeners.Add(listener);
        return listener;
    }

    /// <summary>Closes those ports at once, until then.</summary>
    public Task BeginAsync(Func<int, bool> ports, CancellationToken until) =>
        Task.WhenAll(_listeners.Where(listener => listener.EndPoint is IPEndPoint { Port: var port } && ports(port)).Select(listener => listener.CloseAsync(until)));
}
