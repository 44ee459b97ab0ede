using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waiide.Gateway.Doctor;

/// <summary>Requests of the doctor: each has its answer, or one sentence why there is none, within a few seconds.</summary>
internal sealed class Dial(SocketsHttpHandler handler) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);

    private readonly HttpMessageInvoker _client = new(handler);

    /// <summary>What came back; with status 0, <see cref="Trouble"/> says why nothing did.</summary>
    internal sealed record Answer(int Status, JsonNode? Json, DateTimeOffset? Date, Uri? Location, string Trouble);

    /// <summary>Sends a GET, or a POST of <paramref name="form"/>, with a token where one is given.</summary>
    internal async Task<Answer> AskAsync(Uri url, string? token = null, IReadOnlyDictionary<string, string>? form = null, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, url);
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.ConnectionClose = true;
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("token", token);
        request.Content = form is null ? null : new FormUrlEncodedContent(form);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            using var response = await _client.SendAsync(request, limit.Token);
            var body = await response.Content.ReadAsStringAsync(limit.Token);
            return new Answer((int)response.StatusCode, Parse(body), response.Headers.Date, response.Headers.Location, "");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return new Answer(0, null, null, null, Sentence(failure));
        }
    }

    /// <summary>Opens a WebSocket as VS Code does, and keeps it quiet for a while; the status is 101 where it opened, <see cref="TimeSpan"/> tells when it was cut.</summary>
    internal async Task<(int Status, TimeSpan? CutAfter, string Trouble)> OpenWebSocketAsync(Uri url, string? token, string? origin, TimeSpan quiet)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.Zero; // A ping would not be quiet.
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", "token " + token);
        }

        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        // What code-server's root expects of a browser; without it nothing is said after the handshake.
        var target = new UriBuilder(url) { Scheme = url.Scheme == "https" ? "wss" : "ws", Query = $"reconnectionToken={Guid.NewGuid()}&reconnection=false&skipWebSocketFrames=false" }.Uri;
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            await socket.ConnectAsync(target, _client, limit.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or HttpRequestException)
        {
            return ((int)socket.HttpStatusCode is var status and not 101 ? status : 0, null, Sentence(failure));
        }

        var openedAt = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            using var limit = new CancellationTokenSource(quiet + TimeSpan.FromMilliseconds(1));
            while ((await socket.ReceiveAsync(new byte[1024], limit.Token)).MessageType != WebSocketMessageType.Close)
            {
                // Whatever the IDE says of its own accord.
            }

            return (101, openedAt.Elapsed, "");
        }
        catch (OperationCanceledException)
        {
            return (101, null, ""); // Still open at the end.
        }
        catch (WebSocketException)
        {
            return (101, openedAt.Elapsed, "");
        }
    }

    public void Dispose() => _client.Dispose();

    // The innermost says most: "Connection refused", "Name or service not known", "RemoteCertificateNameMismatch".
    private static string Sentence(Exception failure)
    {
        if (failure is OperationCanceledException)
        {
            return $"there is no answer within {Limit.TotalSeconds:0} s";
        }

        while (failure.InnerException is { } inner)
        {
            failure = inner;
        }

        return failure.Message.TrimEnd('.');
    }

    private static JsonNode? Parse(string body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null; // A page; the status says enough.
        }
    }
}
