using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waiide.Tests.Security.Smuggling;

/// <summary>An IDE server that is no HTTP library: it keeps the bytes of each connection as they came, and answers each request with what it has read.</summary>
internal sealed class RecordingUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<StringBuilder> _connections = new();
    private readonly CancellationTokenSource _stop = new();

    private RecordingUpstream()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}/");

    public static RecordingUpstream Start() => new();

    /// <summary>The requests as they came, without the gateway's probes.</summary>
    public ConcurrentQueue<HttpReading.Request> Heard { get; } = new();

    /// <summary>The requests of all connections as a server of this dialect reads them.</summary>
    public IEnumerable<HttpReading.Request> Requests(HttpReading.Dialect dialect) => _connections.SelectMany(bytes => HttpReading.Requests(Text(bytes), dialect));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var (bytes, buffer, answered) = (new StringBuilder(), new byte[16 * 1024], 0);
        _connections.Enqueue(bytes);
        try
        {
            while (await client.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var length)
            {
                lock (bytes)
                {
                    bytes.Append(Encoding.Latin1.GetString(buffer, 0, length));
                }

                foreach (var request in HttpReading.Requests(Text(bytes), HttpReading.Dialect.Strict).Skip(answered))
                {
                    answered++;
                    if (request.Target != "/version")
                    {
                        Heard.Enqueue(request);
                    }

                    await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(AnswerTo(request)), _stop.Token);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The gateway has closed the connection, or the test is over.
        }
    }

    // It never agrees to an upgrade.
    private static string AnswerTo(HttpReading.Request request)
    {
        var body = $"{request.Method} {request.Target} [{request.Body}]";
        return $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{(request.Method == "HEAD" ? "" : body)}";
    }

    private static string Text(StringBuilder bytes)
    {
        lock (bytes)
        {
            return bytes.ToString();
        }
    }
}
