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
        var options = app.Services.GetRequiredService<HubOptions>();
        try
        {
            await app.StartAsync();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync(Explain(error, options));
            return 1;
        }

        var front = options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"http://{options.Address}:{options.FrontPort}";
        Log.Listening(app.Logger, front, options.HubPrefix, options.Address, options.ApiPort);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static string Explain(Exception error, HubOptions options)
    {
        // "Failed to bind to address http://127.0.0.1:8000: address already in use."
        foreach (var (setting, port) in new[] { ("Hub:FrontPort", options.FrontPort), ("Hub:ApiPort", options.ApiPort) })
        {
            if (error.Message.Contains($":{port}:", StringComparison.Ordinal))
            {
                return $"Port {port} is in use by another program: stop that, or set {setting} to a free port.";
            }
        }

        return $"Ports {options.FrontPort} and {options.ApiPort} cannot be opened on {options.Address}: {error.Message} Set Hub:Address, Hub:FrontPort and Hub:ApiPort to what this machine allows.";
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Sign in at {Front}{Hub}. The API is at http://{Address}:{ApiPort}{Hub}api.")]
        public static partial void Listening(ILogger logger, string front, string hub, IPAddress address, int apiPort);
    }
}
