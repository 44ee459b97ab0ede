using System.Net;
using System.Net.WebSockets;

namespace Waiide.Tests.Support;

/// <summary>WebSockets as a page of a site opens them.</summary>
internal static class WebSockets
{
    /// <summary>Opens one with the cookies of a person, or with a token; returns it, or null and the status that refused it.</summary>
    public static async Task<(ClientWebSocket? Socket, HttpStatusCode Status)> OpenAsync(Uri url, CookieContainer? cookies = null, string? token = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Proxy = null;
        socket.Options.Cookies = cookies;
        socket.Options.SetRequestHeader("Origin", url.GetLeftPart(UriPartial.Authority));
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", "token " + token);
        }

        try
        {
            await socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws" }.Uri, CancellationToken.None);
            return (socket, socket.HttpStatusCode);
        }
        catch (WebSocketException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            return (null, status);
        }
    }

    /// <summary>Sends a text and returns what comes back.</summary>
    public static async Task<string> Echo(this ClientWebSocket socket, string text)
    {
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[1024];
        var message = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, message.Count);
    }

    /// <summary>Reads on until the other side closes; returns its code, null when the connection was cut without one.</summary>
    public static async Task<WebSocketCloseStatus?> CloseCode(this ClientWebSocket socket, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        var buffer = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer, patience.Token)).MessageType != WebSocketMessageType.Close)
            {
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            return socket.CloseStatus;
        }
        catch (WebSocketException)
        {
            return null;
        }
    }
}
