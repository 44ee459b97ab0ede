using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Waiide.Hub.Mock;

/// <summary>The ports: the front, where browsers go, unless another proxy stands there; the API, where servers go; and our own proxy's REST API, if it is asked for.</summary>
internal static partial class Listeners
{
    // The hub's own forms and JSON are small. The front lifts this for what it forwards.
    private const long LargestBody = 1024 * 1024;

    // What Node.js, and with it configurable-http-proxy, takes for the whole head of a request.
    private const int LargestHead = 16 * 1024;

    /// <summary>Each port that is opened, and the setting that it comes from.</summary>
    public static IReadOnlyList<(string Setting, int Port)> Of(HubOptions options)
    {
        var ports = new List<(string, int)>();
        if (options.Proxy.ApiUrl is null)
        {
            ports.Add(("Hub:FrontPort", options.FrontPort));
        }

        ports.Add(("Hub:ApiPort", options.ApiPort));
        if (options.Proxy.ApiPort is { } proxyApi)
        {
            ports.Add(("Hub:Proxy:ApiPort", proxyApi));
        }

        return ports;
    }

    public static void AddListeners(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<HubOptions>();
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxRequestLineSize = kestrel.Limits.MaxRequestHeadersTotalSize = LargestHead;
            kestrel.Limits.MaxRequestHeaderCount = 1000; // Their size is limited.
            foreach (var (_, port) in Of(options))
            {
                kestrel.Listen(options.Address, port, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
    }

    /// <summary>Runs until it is told to stop; a port that cannot be had is one sentence and exit code 1.</summary>
    public static async Task<int> RunHubAsync(this WebApplication app)
    {
        // Looked at before the host starts: it would say the same in a stack trace.
        var options = app.Services.GetRequiredService<HubOptions>();
        var mistakes = Of(options).Select(entry => Mistake(options, entry.Setting, entry.Port)).OfType<string>().ToArray();
        if (mistakes.Length > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, mistakes));
            return 1;
        }

        await app.StartAsync();
        var api = new IPEndPoint(options.Address, options.ApiPort);
        var front = options.PublicUrl?.GetLeftPart(UriPartial.Authority)
            ?? (options.Proxy.ApiUrl is null ? $"http://{new IPEndPoint(options.Address, options.FrontPort)}" : "the front proxy, under ");
        if (options.Proxy.ApiUrl is { } proxy)
        {
            Log.Behind(app.Logger, front, options.HubPrefix, proxy, api);
        }
        else
        {
            Log.Listening(app.Logger, front, options.HubPrefix, api);
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    private static string? Mistake(HubOptions options, string setting, int port)
    {
        try
        {
            using var listener = new TcpListener(options.Address, port);
            listener.Start();
            return null;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return $"Port {port} is in use by another program: stop that, or set {setting} to a free port.";
        }
        catch (SocketException error)
        {
            return $"Port {port} cannot be opened on {options.Address} ({error.Message}): set {setting} or Hub:Address to what this machine allows.";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Sign in at {Front}{Hub}. The API is at http://{Api}{Hub}api.")]
        public static partial void Listening(ILogger logger, string front, string hub, IPEndPoint api);

        [LoggerMessage(Level = LogLevel.Information, Message = "Sign in at {Front}{Hub}. Its routes are kept through {Proxy}. The API is at http://{Api}{Hub}api.")]
        public static partial void Behind(ILogger logger, string front, string hub, Uri proxy, IPEndPoint api);
    }
}
