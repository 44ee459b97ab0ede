using System.Net;
using System.Net.Sockets;

namespace Waiide.Gateway;

/// <summary>Every setting of the gateway, as read from its environment and validated before anything listens.</summary>
internal sealed record GatewayOptions
{
    /// <summary>The port to listen on: PORT, else JUPYTERHUB_PORT, else 8070.</summary>
    public int Port { get; init; } = 8070;

    /// <summary>True where nobody asked for <see cref="Port"/>: under a hub that names another port, a busy 8070 is then no reason to stop.</summary>
    public bool PortIsDefault { get; init; }

    /// <summary>The port in JUPYTERHUB_SERVICE_URL where it differs from <see cref="Port"/>: the hub connects there, so the gateway listens there too.</summary>
    public int? HubSidePort { get; init; }

    /// <summary>The sockets that listen on these ports already, by port; nobody can take a port between the look at it and the start.</summary>
    public IReadOnlyDictionary<int, Socket> HeldPorts { get; init; } = new Dictionary<int, Socket>();

    /// <summary>The address to listen on: the host of JUPYTERHUB_SERVICE_URL, else WAIIDE_HOST, else loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Under a hub with internal_ssl, the certificates by which the hub, its proxy and this server know each other; null: plain http.</summary>
    public InternalTls? Tls { get; init; }

    /// <summary>The URL prefix as the browser sends it (percent-encoded), with a slash at both ends; "/" without a hub. From JUPYTERHUB_SERVICE_PREFIX.</summary>
    public string Prefix { get; init; } = "/";

    /// <summary>The hub that this server belongs to; null in standalone mode and under a prefix without a hub.</summary>
    public HubOptions? Hub { get; init; }

    /// <summary>The user shown in /api/status: JUPYTERHUB_USER, else the system's user.</summary>
    public string User { get; init; } = Environment.UserName;

    /// <summary>JUPYTERHUB_SERVER_NAME; empty for a user's default server.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>The token that opens a gateway without a hub: WAIIDE_TOKEN, else generated once and kept in the data directory. Null under a hub and with WAIIDE_AUTH=none.</summary>
    public string? Token { get; init; }

    /// <summary>True where the gateway made <see cref="Token"/> itself: then nobody knows it unless the console shows it.</summary>
    public bool TokenIsGenerated { get; init; }

    /// <summary>WAIIDE_AUTH=none: everyone who reaches the port may use the IDE.</summary>
    public bool AuthIsOff { get; init; }

    /// <summary>The host of JUPYTERHUB_PUBLIC_URL in a gateway without a hub: with WAIIDE_AUTH=none, the only name besides localhost that a browser may know it by.</summary>
    public string? PublicHost { get; init; }

    /// <summary>Proxies whose X-Forwarded-* headers count: WAIIDE_TRUSTED_PROXIES, addresses or CIDR networks separated by commas.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Who may show the IDE in a frame, besides this server itself: WAIIDE_FRAME_ANCESTORS, origins separated by spaces.</summary>
    public string? FrameAncestors { get; init; }

    /// <summary>How the cookies are to be: JUPYTERHUB_COOKIE_OPTIONS.</summary>
    public CookieSettings Cookies { get; init; } = new();

    /// <summary>The IDE server to attach to (WAIIDE_IDE_URL; a service discovery name such as http://ide will do); null: the gateway starts and supervises its own.</summary>
    public Uri? IdeUrl { get; init; }

    /// <summary>The HASHED_PASSWORD of the attached IDE server, which is the value of its session cookie: WAIIDE_IDE_HASHED_PASSWORD.</summary>
    public string? IdeHashedPassword { get; init; }

    /// <summary>The program that a supervised IDE is started with: WAIIDE_IDE_COMMAND, else code-server on the PATH.</summary>
    public string IdeCommand { get; init; } = "code-server";

    /// <summary>Every extension that a supervised IDE has by itself: WAIIDE_IDE_EXTENSIONS, links followed; null: code-server's own.</summary>
    public string? IdeExtensions { get; init; }

    /// <summary>VSCODE_PORT: the loopback port of a supervised IDE; null: a Unix socket that only this user can open.</summary>
    public int? VscodePort { get; init; }

    /// <summary>The port by which users know the IDE (/proxy/8071/), wherever it really listens.</summary>
    public int WellKnownIdePort => VscodePort ?? 8071;

    /// <summary>The folder that the IDE opens: WAIIDE_WORKSPACE, else JUPYTERHUB_ROOT_DIR, else the home directory.</summary>
    public string Workspace { get; init; } = "";

    /// <summary>Where settings, extensions, keys and sockets of this instance are kept: WAIIDE_DATA_DIR. One running gateway per directory.</summary>
    public string DataDirectory { get; init; } = "";

    /// <summary>Where VS Code's own files are kept compressed, for all gateways that share it: WAIIDE_ASSET_CACHE; null: nowhere.</summary>
    public string? AssetCache { get; init; }

    /// <summary>What counts as use of this server: WAIIDE_ACTIVITY.</summary>
    public ActivityPolicy Activity { get; init; } = ActivityPolicy.InputAndCpu;

    /// <summary>After how long without use the gateway stops itself: WAIIDE_IDLE_TIMEOUT, two hours by default under a hub with an IDE of its own; null: never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Ports that /proxy/ and /absproxy/ refuse, besides those of Waiide itself: WAIIDE_DENIED_PORTS, numbers separated by commas.</summary>
    public IReadOnlyList<ushort> DeniedPorts { get; init; } = [];

    /// <summary>Where logs, metrics and traces go: OTEL_EXPORTER_OTLP_ENDPOINT, and those of the single signals.</summary>
    public IReadOnlyList<Uri> TelemetryUrls { get; init; } = [];

    /// <summary>True where the traceparent of every request is believed; else none is: WAIIDE_TRUST_TRACEPARENT=1.</summary>
    public bool TrustTraceparent { get; init; }

    /// <summary>True where pages of a user's dev servers are shown in a sandbox, as of an origin of their own: WAIIDE_SANDBOX_PORTS=1.</summary>
    public bool SandboxPorts { get; init; }

    /// <summary>False where the IDE is served and nothing beside it: USE_ALL_COMPONENTS=false.</summary>
    public bool AllComponents { get; init; } = true;

    /// <summary>How many bytes of memory this server may use before it is killed: MEM_LIMIT; null: nobody has said.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>How many processors this server may use: CPU_LIMIT, such as 1.5; null: nobody has said.</summary>
    public double? CpuLimit { get; init; }

    /// <summary>How much the gateway logs: LOG_LEVEL.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>What was noticed while reading and is no reason to stop; logged once there is a log.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What counts as use of a server; see docs/idle.md.</summary>
internal enum ActivityPolicy
{
    /// <summary>An open tab is use, whoever sits before it.</summary>
    Browser,

    /// <summary>A person's own doing is use: typing, clicking, opening pages.</summary>
    Input,

    /// <summary>A person's own doing, and work that the machine does for them in their terminals.</summary>
    InputAndCpu,
}

/// <summary>What an administrator has said about cookies; null: nothing, so that the gateway decides.</summary>
/// <param name="SameSite">Lax, Strict or None.</param>
/// <param name="Secure">Whether they are sent over https only.</param>
/// <param name="Domain">The domain whose hosts all get them.</param>
/// <param name="Lifetime">How long a session lasts at most.</param>
internal sealed record CookieSettings(string? SameSite = null, bool? Secure = null, string? Domain = null, TimeSpan? Lifetime = null);

/// <summary>What the hub told this server through JUPYTERHUB_* (contract: JupyterHub's "services" and "spawners" reference pages).</summary>
internal sealed record HubOptions
{
    /// <summary>JUPYTERHUB_API_URL, without a slash at the end.</summary>
    public required Uri ApiUrl { get; init; }

    /// <summary>JUPYTERHUB_API_TOKEN: this server's own token, also its OAuth client secret.</summary>
    public required string ApiToken { get; init; }

    /// <summary>JUPYTERHUB_CLIENT_ID: the OAuth client id and the name of the session cookie.</summary>
    public required string ClientId { get; init; }

    /// <summary>JUPYTERHUB_OAUTH_CALLBACK_URL, sent byte for byte as redirect_uri.</summary>
    public required string CallbackUrl { get; init; }

    /// <summary>JUPYTERHUB_OAUTH_ACCESS_SCOPES, else JUPYTERHUB_OAUTH_SCOPES: a user with any of these may use the server.</summary>
    public required IReadOnlyList<string> AccessScopes { get; init; }

    /// <summary>JUPYTERHUB_ACTIVITY_URL; null: no reports.</summary>
    public Uri? ActivityUrl { get; init; }

    /// <summary>JUPYTERHUB_ACTIVITY_INTERVAL in seconds, 300 by default.</summary>
    public TimeSpan ActivityInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>JUPYTERHUB_HOST: scheme, host and port of the hub where users have subdomains; else empty.</summary>
    public string Host { get; init; } = "";

    /// <summary>JUPYTERHUB_BASE_URL, with a slash at both ends.</summary>
    public string BaseUrl { get; init; } = "/";

    /// <summary>JUPYTERHUB_PUBLIC_URL: where browsers find this server; null when the hub does not know.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>JUPYTERHUB_PUBLIC_HUB_URL: where browsers find the hub; null when it does not know.</summary>
    public Uri? PublicHubUrl { get; init; }

    /// <summary>JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED=1: cookies are named __Host-…, which no other host of the domain can set; they need https and the path "/".</summary>
    public bool CookieHostPrefix { get; init; }

    /// <summary>JUPYTERHUB_USER: the hub's user whom this server belongs to; null: nobody has said, and nobody is its owner by name.</summary>
    public string? Owner { get; init; }

    /// <summary>False with JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH=0: then only a token in the header opens a WebSocket.</summary>
    public bool WebSocketsByCookie { get; init; } = true;

    /// <summary>Where browsers find the server with this raw prefix, as far as the hub has said it; else the prefix alone.</summary>
    public string FrontOf(string prefix) => PublicUrl?.AbsoluteUri ?? (PublicHubUrl?.GetLeftPart(UriPartial.Authority) ?? Host) + prefix;

    /// <summary>A page of the hub, such as "logout", for a browser to go to.</summary>
    public string PageOf(string path) => $"{Host}{BaseUrl}hub/{path}";
}
