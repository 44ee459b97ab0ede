using System.Net;
using System.Net.Sockets;

namespace Waiide.Hub.Mock;

/// <summary>The two ports: the front, where browsers go, and the API, where servers go.</summary>
internal static partial class Listeners
{
    // The hub's own forms and JSON are small. The front lifts this for what it forwards.
    private const long LargestBody = 1024 * 1024;

    public static void AddListeners(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<HubOptions>();
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(options.Address, options.FrontPort);
            kestrel.Listen(options.Address, options.ApiPort);
        });

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
    }

    /// <summary>Runs until it is told to stop; a port that cannot be had is one sentence and exit code 1.</summary>
    public static async Task<int> RunHubAsync(this WebApplication app)
    {
        // Looked at before the host starts: it would say the same in a stack trace.
        var options = app.Services.GetRequiredService<HubOptions>();
        var mistakes = new[] { Mistake(options, "Hub:FrontPort", options.FrontPort), Mistake(options, "Hub:ApiPort", options.ApiPort) }.OfType<string>().ToArray();
        if (mistakes.Length > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, mistakes));
            return 1;
        }

        await app.StartAsync();
        var api = new IPEndPoint(options.Address, options.ApiPort);
        var front = options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"http://{new IPEndPoint(options.Address, options.FrontPort)}";
        Log.Listening(app.Logger, front, options.HubPrefix, api);
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
    }
}
