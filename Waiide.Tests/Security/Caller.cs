using System.Net;
using System.Net.Sockets;
using System.Text;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>Asks with exactly the target and the headers it is given, as HTTP or as the opening of a WebSocket; follows nothing and keeps nothing.</summary>
/// <param name="from">Which of this machine's addresses the gateway sees it come from.</param>
internal sealed class Caller(RunningGateway gateway, string from = "127.0.0.1") : IDisposable
{
    // System.Uri would resolve dots and decode; these tests mean what they say.
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    });

    public Task<HttpResponseMessage> AskAsync(string method, string target, params (string Name, string Value)[] headers) => SendAsync(method, target, null, headers);

    public async Task<HttpResponseMessage> SendAsync(string method, string target, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://{gateway.Authority}{target}", AsItIs)) { Content = content };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<HttpResponseMessage> ConnectAsync(string target, params (string Name, string Value)[] headers) => ConnectAsync("GET", target, headers);

    public Task<HttpResponseMessage> ConnectAsync(string method, string target, params (string Name, string Value)[] headers) =>
        AskAsync(method, target, [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), .. headers]);

    public void Dispose() => _client.Dispose();
}
