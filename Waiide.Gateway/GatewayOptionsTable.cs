namespace Waiide.Gateway;

/// <summary>Every variable that the gateway knows, with its default and meaning: the one list behind --help, docs/configuration.md and the check for misspelled names.</summary>
internal static class GatewayOptionsTable
{
    /// <summary>One row: the variable, what holds without it, and what it is for.</summary>
    internal sealed record Setting(string Name, string Default, string Meaning);

    /// <summary>What a person or a template sets.</summary>
    internal static readonly IReadOnlyList<Setting> Own =
    [
        new("PORT", "JUPYTERHUB_PORT, else 8070", "The port to listen on."),
        new("JUPYTERHUB_PORT", "8070", "The port to listen on where PORT is not set; anything but a number is ignored."),
        new("WAIIDE_HOST", "127.0.0.1", "The address to listen on; 0.0.0.0 or :: for all. JUPYTERHUB_SERVICE_URL goes before it."),
        new("WAIIDE_TOKEN", "generated, kept in the data directory", "The token that opens a gateway without a hub."),
        new("WAIIDE_AUTH", "token", "none: everyone who reaches the port may use the IDE. Without a hub only."),
        new("WAIIDE_TRUSTED_PROXIES", "none", "Addresses or networks (CIDR), separated by commas, whose X-Forwarded-* headers count."),
        new("WAIIDE_FRAME_ANCESTORS", "none", "Origins, separated by spaces, whose pages may show the IDE in a frame."),
        new("WAIIDE_IDE_URL", "none: an IDE of our own", "The IDE server to attach to, such as http://localhost:8071."),
        new("WAIIDE_IDE_HASHED_PASSWORD", "none", "HASHED_PASSWORD of the attached IDE server."),
        new("WAIIDE_IDE_COMMAND", "code-server", "The program that the gateway starts as its IDE."),
        new("WAIIDE_IDE_CACHE", "$XDG_CACHE_HOME/waiide/ide, else ~/.cache/waiide/ide", "Where ide/code-server, as WAIIDE_IDE_COMMAND, keeps the IDE server that it installs; passed on to it."),
        new("WAIIDE_IDE_EXTENSIONS", "code-server's own", "A folder with all extensions that everybody has from the start, as the image has one; for an IDE of our own."),
        new("EXTENSIONS_GALLERY", "Open VSX", "Where the IDE finds extensions: JSON with a serviceUrl, as code-server takes it; passed on to an IDE of our own."),
        new("VSCODE_PORT", "a Unix socket", "The loopback port of the gateway's own IDE."),
        new("WAIIDE_WORKSPACE", "JUPYTERHUB_ROOT_DIR, else the home directory", "The folder that the IDE opens."),
        new("WAIIDE_DATA_DIR", "~/.local/share/waiide/<instance>", "Settings, extensions, keys and sockets of this instance; one running gateway for each."),
        new("WAIIDE_ASSET_CACHE", "$XDG_CACHE_HOME/waiide/assets, else ~/.cache/waiide/assets", "Where VS Code's own files are kept compressed, for gateways to share; none: nowhere."),
        new("WAIIDE_ACTIVITY", "input+cpu", "What counts as use: browser (an open tab), input (what a person does), or input+cpu (that, and work in their terminals)."),
        new("WAIIDE_IDLE_TIMEOUT", "2h under a hub with an IDE of its own, else 0", "After how long without use the gateway stops itself: seconds, or with s, m, h or d such as 90m; 0: never."),
        new("WAIIDE_DENIED_PORTS", "none", "Ports, separated by commas, that /proxy/ refuses besides Waiide's own."),
        new("WAIIDE_SANDBOX_PORTS", "0", "1: pages of dev servers under /proxy/ run in a sandbox, without this site's cookies and storage."),
        new("LOG_LEVEL", "INFO", "TRACE, DEBUG, INFO, WARNING, ERROR or CRITICAL."),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "none", "Where logs, metrics and traces go (OTLP); the other OTEL_* variables hold too."),
        new("WAIIDE_TRUST_TRACEPARENT", "0", "1: every request's traceparent is believed, because what stands before this server writes its own; else nobody's is."),
        new("USE_ALL_COMPONENTS", "true", "false: the IDE alone. No ports of dev servers, no tunnels, no /open links, no bar in VS Code, and no WAIIDE_IDE_EXTENSIONS."),
    ];

    /// <summary>What JupyterHub sets when it spawns this server.</summary>
    internal static readonly IReadOnlyList<Setting> FromHub =
    [
        new("JUPYTERHUB_SERVICE_PREFIX", "/", "The URL prefix of this server; with it the gateway is in hub mode."),
        new("JUPYTERHUB_SERVICE_URL", "none", "Where the hub reaches this server: its address, and a second port to listen on."),
        new("JUPYTERHUB_API_URL", "none", "The hub's API, such as http://hub:8081/hub/api."),
        new("JUPYTERHUB_API_TOKEN", "none", "This server's token, also its OAuth client secret."),
        new("JUPYTERHUB_CLIENT_ID", "none", "The OAuth client id and the name of the session cookie."),
        new("JUPYTERHUB_OAUTH_CALLBACK_URL", "<prefix>oauth_callback", "The redirect URI, byte for byte."),
        new("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "JUPYTERHUB_OAUTH_SCOPES", "A user with any of these scopes may use the server."),
        new("JUPYTERHUB_OAUTH_SCOPES", "none", "The same, as older hubs call it."),
        new("JUPYTERHUB_USER", "the system's user", "The user whom this server belongs to."),
        new("JUPYTERHUB_SERVER_NAME", "empty: the default server", "The name of this server."),
        new("JUPYTERHUB_ACTIVITY_URL", "none: no reports", "Where the last activity is reported."),
        new("JUPYTERHUB_ACTIVITY_INTERVAL", "300", "Seconds between two activity reports; 0: none."),
        new("JUPYTERHUB_BASE_URL", "/", "The prefix of the whole hub."),
        new("JUPYTERHUB_HOST", "empty", "Scheme and host of the hub where users have subdomains."),
        new("JUPYTERHUB_PUBLIC_URL", "empty", "Where browsers find this server."),
        new("JUPYTERHUB_PUBLIC_HUB_URL", "empty", "Where browsers find the hub."),
        new("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "0", "1: cookies with the prefix __Host-, for hubs whose users have subdomains."),
        new("JUPYTERHUB_COOKIE_OPTIONS", "none", "A JSON object of attributes for the cookies: samesite, secure, domain, expires_days."),
        new("JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH", "1", "0: WebSockets need a token in the Authorization header; the IDE in a browser then cannot work."),
        new("JUPYTERHUB_SSL_KEYFILE", "none", "The key of this server where the hub speaks TLS to its servers (internal_ssl)."),
        new("JUPYTERHUB_SSL_CERTFILE", "none", "The certificate of this server."),
        new("JUPYTERHUB_SSL_CLIENT_CA", "none", "The authorities that the hub, its proxy and their clients are known by."),
        new("MEM_LIMIT", "the container's own limit", "How much memory this server may use: bytes, or with K, M, G or T."),
        new("CPU_LIMIT", "none", "How many processors this server may use, such as 1.5."),
        new("JUPYTERHUB_ROOT_DIR", "none", "The folder that the IDE opens where WAIIDE_WORKSPACE is not set."),
        new("JUPYTERHUB_DEBUG", "none", "Anything: LOG_LEVEL is DEBUG where it is not set."),
    ];

    /// <summary>The text of --help.</summary>
    internal static string Help() =>
        $"""
        Waiide.Gateway: VS Code in the browser, behind JupyterHub or on its own.

        Usage: Waiide.Gateway [--help | --version | endpoints | health | doctor]

          endpoints  lists every endpoint and who may call it
          health     asks the gateway of this environment whether it can be used; exit code 0 or 1
          doctor     looks at every hop between browser, hub and IDE, and says what to change;
                     --json for machines, --front https://hub.example.org for the way through the proxies,
                     --quiet 70 to see whether they cut a WebSocket that is quiet for 70 s

        Everything is set by environment variables.

        {Rows(Own)}
        Set by JupyterHub:

        {Rows(FromHub)}
        """;

    /// <summary>The known WAIIDE_* name that is most like <paramref name="unknown"/>.</summary>
    internal static string NearestTo(string unknown) =>
        Own.Select(setting => setting.Name).Where(name => name.StartsWith("WAIIDE_", StringComparison.Ordinal)).MinBy(name => Distance(name, unknown))!;

    private static string Rows(IEnumerable<Setting> settings) =>
        string.Concat(settings.Select(setting => $"  {setting.Name,-38} {setting.Meaning} Default: {setting.Default}.\n"));

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[other.Length];
    }
}
