using System.Net.Sockets;

namespace Waiide.Gateway.Ide;

/// <summary>Where the IDE server is reached right now, and how a connection to it is opened: over TCP, or over a Unix socket that only this user can open.</summary>
internal sealed class IdeAddress
{
    private volatile Place? _now;

    /// <summary>A base URL, and the socket file that stands for its host and port, if any.</summary>
    internal sealed record Place(Uri Url, string? Socket)
    {
        /// <summary>The base URL, without a slash at its end.</summary>
        public string Address { get; } = Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

        public override string ToString() => Socket is null ? Url.ToString() : $"unix:{Socket}";
    }

    /// <summary>Null until it is known: an attached IDE before its name was resolved, a supervised one before its first start.</summary>
    public Place? Now => _now;

    public void Set(Uri url) => Set(new Place(url, null));

    public void SetSocket(string path) => Set(new Place(new Uri("http://localhost/"), path));

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var path = _now?.Socket;
        var socket = path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(path is null ? context.DnsEndPoint : new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Set(Place place)
    {
        if (_now != place)
        {
            _now = place;
        }
    }
}
