using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Waiide.Gateway.Edge;

/// <summary>Where the gateway listens, what it accepts there, and what it says when it does.</summary>
internal static partial class Listener
{
    internal static void AddListener(this WebApplicationBuilder builder)
    {
        // Neither ASPNETCORE_URLS nor the base image's ASPNETCORE_HTTP_PORTS says where a gateway listens.
        foreach (var name in new[] { WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey })
        {
            builder.WebHost.UseSetting(name, "");
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<GatewayOptions>();
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);

            // Uploads of any size at any pace go through to the IDE. Headers take milliseconds; who needs longer wants to hold sockets.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;

            foreach (var port in PortsOf(options))
            {
                if (options.Address.Equals(IPAddress.IPv6Any))
                {
                    kestrel.ListenAnyIP(port, Guard); // IPv4 too, and alone where there is no IPv6.
                }
                else
                {
                    kestrel.Listen(options.Address, port, Guard);
                }
            }

            void Guard(ListenOptions listen) => options.Tls?.Guard(listen);
        });

        var held = builder.Options().HeldPorts;
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint =>
            endpoint is IPEndPoint { Port: var port } && held.TryGetValue(port, out var socket) ? socket : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));

        // The hub waits 10 s before it kills; ASP.NET would wait 30 s for open WebSockets.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));
    }

    /// <summary>
    /// Takes the ports before anything is started: a busy one is named, and a busy default is given up where the hub names another port (two servers of one user
    /// on one machine, which may start at the same moment: so a port that was found free is kept, and given to Kestrel).
    /// </summary>
    internal static GatewayOptions WithFreePorts(GatewayOptions options)
    {
        var held = new Dictionary<int, Socket>();
        if (options is { PortIsDefault: true, HubSidePort: { } hubSide } && Take(options.Address, options.Port, held) is not null)
        {
            options = options with
            {
                Port = hubSide,
                HubSidePort = null,
                Warnings = [.. options.Warnings, $"Port {options.Port} is taken; the gateway listens on {hubSide} only, where the hub expects it."],
            };
        }

        var mistakes = PortsOf(options).Where(port => !held.ContainsKey(port))
            .Select(port => Take(options.Address, port, held) is { } obstacle ? Sentence(options, port, obstacle) : null).OfType<string>().ToArray();
        return mistakes.Length == 0 ? options with { HeldPorts = held } : throw new CannotStartException(mistakes);
    }

    /// <summary>Runs until the process is told to stop, and returns the exit code: 0 is said on purpose, and never by a gateway that a part of itself has taken down.</summary>
    internal static async Task<int> ServeAsync(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        var parts = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray(); // Asked for now: the services end with the run.
        app.Lifetime.ApplicationStarted.Register(() => Announce(app.Logger, options));
        try
        {
            await app.RunAsync();
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            throw new CannotStartException(Sentence(options, options.Port, SocketError.AddressAlreadyInUse)); // Taken since it was looked at.
        }

        if (parts.FirstOrDefault(part => part.ExecuteTask is { IsFaulted: true }) is not { } failed)
        {
            return 0;
        }

        Console.Error.WriteLine($"The gateway has ended because a part of it ({failed.GetType().Name}) failed: {failed.ExecuteTask!.Exception!.GetBaseException().Message} Its log says where.");
        return 1;
    }

    private static void Announce(ILogger logger, GatewayOptions options)
    {
        foreach (var warning in options.Warnings)
        {
            Log.Warning(logger, warning);
        }

        var authority = Authority(options);
        var ide = options.IdeUrl?.GetLeftPart(UriPartial.Authority) ?? (options.VscodePort is { } port ? $"127.0.0.1:{port}" : "a Unix socket");
        var trusted = options.TrustedProxies.Count == 0 ? "nobody" : string.Join(", ", options.TrustedProxies);
        if (options.Tls is { } tls)
        {
            Log.SpeaksTls(logger, tls.Certificate.Subject, tls.Certificate.NotAfter);
        }

        Log.Listens(logger, CommandLine.Version, authority, options.Prefix, ide, trusted);
        if (options.HubSidePort is { } hubSide)
        {
            Log.ListensToTheHubToo(logger, hubSide);
        }

        if (options.VscodePort is { } inside && !IPAddress.IsLoopback(options.Address))
        {
            Log.IdeIsInside(logger, inside, options.Port); // Who publishes both ports of a container would look for the reason elsewhere.
        }

        if (options.Hub is { } hub)
        {
            var front = hub.FrontOf(options.Prefix);
            Log.OpenThroughTheHub(logger, front);
        }
        else if (options.AuthIsOff)
        {
            Log.AuthIsOff(logger);
            Log.OpenHere(logger, authority, options.Prefix);
        }
        else if (!options.TokenIsGenerated)
        {
            Log.SignIn(logger, authority, options.Prefix); // Who has set the token knows it; the console, and whatever collects it, need not.
        }
        else
        {
            // Written for the person at the console, past the log and whatever collects it.
            Console.WriteLine($"Open http://{authority}{options.Prefix}login?token={Uri.EscapeDataString(options.Token!)}");
        }
    }

    private static string Authority(GatewayOptions options)
    {
        var host = IPAddress.IsLoopback(options.Address) || options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any)
            ? "localhost"
            : options.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{options.Address}]" : options.Address.ToString();
        return host + ":" + options.Port.ToString(CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> PortsOf(GatewayOptions options) => options.HubSidePort is { } hubSide ? [options.Port, hubSide] : [options.Port];

    private static SocketError? Take(IPAddress address, int port, Dictionary<int, Socket> held)
    {
        var any = address.Equals(IPAddress.IPv6Any);
        var at = new IPEndPoint(any && !Socket.OSSupportsIPv6 ? IPAddress.Any : address, port);
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = any;
            }

            // Listening, not only bound: Linux lets others bind until then. What connects meanwhile waits until the gateway accepts.
            socket.Bind(at);
            socket.Listen();
            held[port] = socket;
            return null;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            return failure.SocketErrorCode;
        }
    }

    private static string Sentence(GatewayOptions options, int port, SocketError obstacle) => obstacle switch
    {
        SocketError.AddressAlreadyInUse when port == options.HubSidePort => $"Port {port} is already in use, but the hub expects this server there (JUPYTERHUB_SERVICE_URL). Stop what uses it and spawn again.",
        SocketError.AddressAlreadyInUse => $"Port {port} is already in use. Stop what uses it, or set another port, such as PORT={(port < ushort.MaxValue ? port + 10 : 8070)}.",
        SocketError.AccessDenied => $"Port {port} may not be used by this user. Set a port above 1023, such as PORT=8070.",
        SocketError.AddressNotAvailable => $"{options.Address} is not an address of this machine. Set WAIIDE_HOST (under a hub: the spawner's ip) to one that is, or to 0.0.0.0 for all.",
        _ => $"The gateway cannot listen on {options.Address}, port {port}: {obstacle}. Set WAIIDE_HOST and PORT to others.",
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
        public static partial void Warning(ILogger logger, string warning);

        [LoggerMessage(Level = LogLevel.Information, Message = "Waiide {Version} listens on {Authority}; its proxy serves the IDE at {Ide} under {Prefix}, and believes X-Forwarded-* of {TrustedProxies}.")]
        public static partial void Listens(ILogger logger, string version, string authority, string prefix, string ide, string trustedProxies);

        [LoggerMessage(Level = LogLevel.Information, Message = "It speaks TLS as {Subject} (until {NotAfter:yyyy-MM-dd}), and only with clients of the authorities in JUPYTERHUB_SSL_CLIENT_CA.")]
        public static partial void SpeaksTls(ILogger logger, string subject, DateTime notAfter);

        [LoggerMessage(Level = LogLevel.Information, Message = "It listens on port {HubSidePort} too, because the hub connects there (JUPYTERHUB_SERVICE_URL).")]
        public static partial void ListensToTheHubToo(ILogger logger, int hubSidePort);

        [LoggerMessage(Level = LogLevel.Information, Message = "The IDE is reached through port {Port} alone: published from a container, its own port {Inside} leads nowhere, because who reaches it needs no token. To have it open, run code-server with a password of its own and name it in WAIIDE_IDE_URL.")]
        public static partial void IdeIsInside(ILogger logger, int inside, int port);

        [LoggerMessage(Level = LogLevel.Information, Message = "Open {Front} at the hub.")]
        public static partial void OpenThroughTheHub(ILogger logger, string front);

        [LoggerMessage(Level = LogLevel.Information, Message = "Open http://{Authority}{Prefix}")]
        public static partial void OpenHere(ILogger logger, string authority, string prefix);

        [LoggerMessage(Level = LogLevel.Information, Message = "Open http://{Authority}{Prefix} and sign in with the token of WAIIDE_TOKEN.")]
        public static partial void SignIn(ILogger logger, string authority, string prefix);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAIIDE_AUTH=none: EVERYONE who reaches this port may use the IDE, its terminals and your files. Remove WAIIDE_AUTH to ask for a token.")]
        public static partial void AuthIsOff(ILogger logger);
    }
}
