using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Waiide.Tests.Support;

/// <summary>A development server of the user: takes and gives any amount of bytes, echoes, tells what it was sent.</summary>
internal sealed class UserServer(WebApplication app) : IAsyncDisposable
{
    public int Port { get; private set; }

    public string? HashOfUpload { get; private set; }

    /// <summary>The lines that came to /hear, as they come.</summary>
    public Channel<string> Heard { get; } = Channel.CreateUnbounded<string>();

    /// <summary>The lines that /say answers, as they are written here.</summary>
    public Channel<string> ToSay { get; } = Channel.CreateUnbounded<string>();

    public static async Task<UserServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        var server = new UserServer(app);
        app.UseWebSockets();
        app.MapPost("/up", async (HttpRequest request) => server.HashOfUpload = await Blocks.HashOf(request.Body));
        app.MapGet("/down", (HttpRequest request, HttpResponse response) =>
            Blocks.Write(response.Body, long.Parse(request.QueryString.Value![1..], CultureInfo.InvariantCulture)));
        app.MapGet("/headers", (HttpRequest request) => JsonSerializer.Serialize(request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));
        app.MapGet("/echo", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { CloseStatus: null } message)
            {
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
            }
        });
        app.MapPost("/hear", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            while (await reader.ReadLineAsync() is { } line)
            {
                await server.Heard.Writer.WriteAsync(line);
            }
        });
        app.MapGet("/say", async (HttpResponse response) =>
        {
            await foreach (var line in server.ToSay.Reader.ReadAllAsync())
            {
                await response.WriteAsync(line + "\n");
                await response.Body.FlushAsync();
            }
        });
        await app.StartAsync();
        server.Port = new Uri(app.Urls.Single()).Port;
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
