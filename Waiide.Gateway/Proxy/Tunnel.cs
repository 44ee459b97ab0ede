using System.Net.Sockets;
using System.Net.WebSockets;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Proxy;

/// <summary>
/// The bytes of a TCP port of this machine in the binary messages of a WebSocket, for what does not speak HTTP, such as a debugger. A close frame ends its own direction
/// only, as TCP's FIN does; and each direction waits for whoever is slower.
/// </summary>
internal sealed class Tunnel(GatewayOptions options, IdeAddress address)
{
    public async Task RunAsync(HttpContext context)
    {
        if (Obstacle(context, out var port) is { } obstacle)
        {
            await obstacle.ExecuteAsync(context);
            return;
        }

        NetworkStream connection;
        try
        {
            connection = await LoopbackPort.ConnectAsync(port, context.RequestAborted);
        }
        catch (SocketException)
        {
            await PortPages.NothingListens(context.Request, port).ExecuteAsync(context);
            return;
        }

        await using (connection)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            var directions = new[] { ToPortAsync(socket, connection, end.Token), FromPortAsync(connection, socket, end.Token) };
            try
            {
                await await Task.WhenAny(directions); // Where one breaks, the other has nobody to talk to; where one is done, the other goes on.
                await Task.WhenAll(directions);
            }
            catch (Exception failure) when (failure is IOException or SocketException or WebSocketException or OperationCanceledException)
            {
                await end.CancelAsync();
                socket.Abort();
            }
        }
    }

    private IResult? Obstacle(HttpContext context, out ushort port)
    {
        var request = context.Request;
        port = ProxyRoute.PortOf((string)request.RouteValues["port"]!) ?? 0;
        return port == 0 ? No(StatusCodes.Status400BadRequest, "Not a port", "After /tunnel/ comes a port: a number from 1 to 65535.")
            : RefusedPorts.WhyNot(port, options, address.Now is { Socket: null } place ? place.Url.Port : null) is { } sentence ? No(StatusCodes.Status403Forbidden, "Not reachable here", sentence)
            : options.IdeUrl is not null ? No(StatusCodes.Status409Conflict, "Not from here", "The IDE is attached: its machine, where the port is, can be reached by HTTP only.")
            : !context.WebSockets.IsWebSocketRequest ? No(StatusCodes.Status426UpgradeRequired, "For programs", "This address is a tunnel: open it as a WebSocket.")
            : null;

        IResult No(int status, string title, string sentence) => Refusal.Of(request, status, title, sentence, HtmlPage.OpenIde(options));
    }

    private static async Task ToPortAsync(WebSocket socket, NetworkStream connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await connection.WriteAsync(buffer.AsMemory(0, message.Count), cancellationToken);
        }

        connection.Socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task FromPortAsync(NetworkStream connection, WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        while (await connection.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            await socket.SendAsync(buffer.AsMemory(0, length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }
}
