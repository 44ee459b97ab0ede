using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Waiide.Tests.Support;

/// <summary>A recording stand-in for the IDE server on a real socket: it counts connections, keeps every request, echoes bodies and WebSocket messages.</summary>
internal sealed class StubIde : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new();
    private int _connections;

    private StubIde(WebApplication app) => _app = app;

    /// <summary>One request as it arrived: the raw target and every header line.</summary>
    internal sealed record Recorded(string Method, string Target, IReadOnlyDictionary<string, string> Headers);

    public ConcurrentQueue<Recorded> Requests { get; } = new();

    /// <summary>TCP connections accepted so far, /version probes of the gateway included.</summary>
    public int Connections => _connections;

    /// <summary>Requests other than the gateway's own: its /version probes, and VS Code's files that it looks at.</summary>
    public IEnumerable<Recorded> Forwarded => Requests.Where(request => request.Target != "/version" && request.Headers.GetValueOrDefault("User-Agent") != "Waiide");

    public Uri Url { get; private set; } = null!;

    /// <summary>False makes /version answer 503, as an IDE that is starting or broken.</summary>
    public bool Healthy { get; set; } = true;

    /// <summary>Answers requests for <paramref name="path"/> (the raw target, without its query) in a test's own way instead of echoing them.</summary>
    public void When(string path, RequestDelegate answer) => _answers[path] = answer;

    /// <summary>Starts on <paramref name="port"/>, or on one that the system picks.</summary>
    public static async Task<StubIde> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        StubIde? stub = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1; // Every byte of a header is kept as it came.
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref stub!._connections);
                    return next(connection);
                });
            });
        });
        var app = builder.Build();
        stub = new StubIde(app);
        app.UseWebSockets();
        app.Run(stub.Answer);
        await app.StartAsync();
        stub.Url = new Uri(app.Urls.Single());
        return stub;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Requests.Enqueue(new Recorded(
            context.Request.Method,
            target,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));

        if (_answers.TryGetValue(target.Split('?')[0], out var answer))
        {
            await answer(context);
            return;
        }

        if (target == "/version")
        {
            context.Response.StatusCode = Healthy ? 200 : 503;
            await context.Response.WriteAsync("0123456789abcdef0123456789abcdef01234567");
            return;
        }

        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(),
                DangerousEnableCompression = true,
            });
            var buffer = new byte[64 * 1024];
            while (true)
            {
                var message = await socket.ReceiveAsync(buffer, context.RequestAborted);
                if (message.CloseStatus is { } status)
                {
                    await socket.CloseAsync(status, message.CloseStatusDescription, context.RequestAborted);
                    return;
                }

                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
            }
        }

        context.Response.Headers["X-Stub"] = "ide";
        await context.Response.WriteAsync($"{context.Request.Method} {target}\n");
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
