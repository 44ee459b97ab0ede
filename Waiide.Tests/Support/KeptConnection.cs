using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Waiide.Tests.Support;

/// <summary>One connection to a loopback port, and one request after the other on it; a second connection is none of its business, and fails.</summary>
internal sealed class KeptConnection : IDisposable
{
    private readonly HttpMessageInvoker _client;
    private readonly int _port;

    private KeptConnection(int port, Socket socket)
    {
        _port = port;
        var stream = new NetworkStream(socket, ownsSocket: true);
        var isTaken = 0;
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = (_, _) => Interlocked.Exchange(ref isTaken, 1) == 0 ? ValueTask.FromResult<Stream>(stream) : throw new IOException("The connection was not kept."),
        });
    }

    public static async Task<KeptConnection> OpenAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new KeptConnection(port, socket);
    }

    /// <summary>The status that a script gets for <paramref name="target"/>.</summary>
    public async Task<int> StatusAsync(string target, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}{target}");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)); // An answer that never comes fails the test.
        using var answer = await _client.SendAsync(request, limit.Token);
        await answer.Content.ReadAsByteArrayAsync(limit.Token); // To its end, after which the next one may go.
        return (int)answer.StatusCode;
    }

    public void Dispose() => _client.Dispose();
}
