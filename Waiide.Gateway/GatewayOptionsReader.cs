using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Waiide.Gateway;

/// <summary>Turns the environment into <see cref="GatewayOptions"/>, or says everything that is wrong with it at once.</summary>
internal sealed partial class GatewayOptionsReader(IConfiguration configuration)
{
    private const int DefaultPort = 8070;

    // With any of these the hub is meant, and all of them are needed.
    private static readonly string[] HubVariables =
        ["JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_OAUTH_ACCESS_SCOPES"];

    // These alone make no hub mode; who sets them probably expects it.
    private static readonly string[] HubSideVariables = ["JUPYTERHUB_USER", "JUPYTERHUB_SERVER_NAME", "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_BASE_URL"];

    private readonly List<string> _mistakes = [];
    private readonly List<string> _warnings = [];

    /// <summary>The options; throws <see cref="CannotStartException"/> with every mistake in the user's words.</summary>
    internal GatewayOptions Read()
    {
        var prefix = Prefix();
        var (serviceAddress, servicePort) = ServiceUrl();
        var saidPort = Port("PORT") ?? HubPort();
        var port = saidPort ?? DefaultPort;
        var hub = Hub(prefix);
        var authIsOff = AuthIsOff(hub is not null);
        var ideUrl = Url("WAIIDE_IDE_URL");
        WarnOfUnknownNames();
        _ = Url("OTEL_EXPORTER_OTLP_ENDPOINT"); // Not ours to use, but its mistakes are told together with the others.
        if (Text("JUPYTERHUB_SSL_KEYFILE") is not null)
        {
            _mistakes.Add("JUPYTERHUB_SSL_KEYFILE is set: the hub wants to speak TLS to its servers (internal_ssl), which this gateway cannot. Set c.JupyterHub.internal_ssl = False.");
        }

        var options = new GatewayOptions
        {
            Port = port,
            PortIsDefault = saidPort is null,
            HubSidePort = servicePort == port ? null : servicePort,
            Address = serviceAddress ?? Host() ?? IPAddress.Loopback,
            Prefix = prefix,
            Hub = hub,
            User = Text("JUPYTERHUB_USER") ?? Environment.UserName,
            ServerName = configuration["JUPYTERHUB_SERVER_NAME"] ?? "",
            Token = hub is null && !authIsOff ? Token() : null,
            AuthIsOff = authIsOff,
            TrustedProxies = TrustedProxies(),
            FrameAncestors = FrameAncestors(),
            IdeUrl = ideUrl,
            IdeHashedPassword = HashedPassword(ideUrl is not null),
            IdeCommand = Text("WAIIDE_IDE_COMMAND") ?? "code-server",
            VscodePort = IsServiceLink("VSCODE_PORT") ? null : Port("VSCODE_PORT"),
            Workspace = Workspace(ideUrl is not null),
            DataDirectory = DataDirectory(prefix),
            LogLevel = Level(),
            Warnings = _warnings,
        };

        if (options.VscodePort is { } ide && (ide == options.Port || ide == options.HubSidePort))
        {
            _mistakes.Add($"VSCODE_PORT is {ide}, the gateway's own port. Set VSCODE_PORT or PORT to another one.");
        }

        return _mistakes.Count == 0 ? options : throw new CannotStartException(_mistakes);
    }

    /// <summary>The setting, or null where it is missing or empty: compose files write "NAME=" for "not set".</summary>
    private string? Text(string name) => configuration[name]?.Trim() is { Length: > 0 } text ? text : null;

    private string Prefix()
    {
        if (Text("JUPYTERHUB_SERVICE_PREFIX") is not { } text)
        {
            foreach (var name in HubSideVariables.Where(name => Text(name) is not null))
            {
                _warnings.Add($"{name} is set without JUPYTERHUB_SERVICE_PREFIX: the gateway runs on its own, at the root.");
            }

            return "/";
        }

        var prefix = "/" + text.Trim('/') + (text.Trim('/').Length > 0 ? "/" : "");
        if (!RawPath().IsMatch(prefix) || prefix.Contains("%2F", StringComparison.OrdinalIgnoreCase) || prefix.Split('/')[1..^1].Any(segment => segment is "" or "." or ".."))
        {
            _mistakes.Add($"JUPYTERHUB_SERVICE_PREFIX is '{text}'. Set it to a percent-encoded path, such as /user/ada/.");
        }

        return prefix;
    }

    /// <summary>
    /// The host and port of JUPYTERHUB_SERVICE_URL, read by hand: hubs write "http://:8888/user/ada/" and "http://:::8888", which <see cref="Uri"/> refuses.
    /// </summary>
    private (IPAddress? Address, int? Port) ServiceUrl()
    {
        if (Text("JUPYTERHUB_SERVICE_URL") is not { } text)
        {
            return (null, null);
        }

        var match = ServiceUrlPattern().Match(text);
        if (!match.Success)
        {
            _mistakes.Add($"JUPYTERHUB_SERVICE_URL is '{text}'. Set it to the URL at which the hub reaches this server, such as http://127.0.0.1:8070/user/ada/.");
            return (null, null);
        }

        var port = match.Groups["port"] is { Success: true } digits ? ParsePort(digits.Value) : 80;
        if (port is null)
        {
            _mistakes.Add($"JUPYTERHUB_SERVICE_URL is '{text}'. Set its port to a number from 1 to 65535.");
        }

        var host = match.Groups["host"].Value.Trim('[', ']');
        if (host is "" or "::" or "*")
        {
            return (IPAddress.IPv6Any, port);
        }

        if (ParseAddress(host) is { } address)
        {
            return (address, port);
        }

        _warnings.Add($"The host of JUPYTERHUB_SERVICE_URL ({host}) is not an address of this machine that could be listened on: the gateway listens on all of them.");
        return (IPAddress.IPv6Any, port);
    }

    private IPAddress? Host()
    {
        if (Text("WAIIDE_HOST") is not { } text)
        {
            return null;
        }

        if (ParseAddress(text) is { } address)
        {
            return address;
        }

        _mistakes.Add($"WAIIDE_HOST is '{text}'. Set it to an IP address to listen on, such as 127.0.0.1, or to 0.0.0.0 for all.");
        return null;
    }

    private int? Port(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (ParsePort(text) is { } port)
        {
            return port;
        }

        _mistakes.Add($"{name} is '{text}'. Set it to a number from 1 to 65535, such as {name}={(name == "PORT" ? DefaultPort : DefaultPort + 1)}.");
        return null;
    }

    // Kubernetes and Docker links set JUPYTERHUB_PORT=tcp://10.0.0.1:80 for a service of the name "jupyterhub".
    private int? HubPort()
    {
        if (Text("JUPYTERHUB_PORT") is { } text && ParsePort(text) is null)
        {
            _warnings.Add($"JUPYTERHUB_PORT is '{text}', which is not a port number; it is ignored.");
            return null;
        }

        return Port("JUPYTERHUB_PORT");
    }

    private bool IsServiceLink(string name)
    {
        if (Text(name) is not { } text || !text.Contains("://", StringComparison.Ordinal))
        {
            return false;
        }

        _warnings.Add($"{name} is '{text}', which a service of that name has set; it is ignored.");
        return true;
    }

    private HubOptions? Hub(string prefix)
    {
        string? Value(string name) => Text(name) ?? (name == "JUPYTERHUB_OAUTH_ACCESS_SCOPES" ? Text("JUPYTERHUB_OAUTH_SCOPES") : null);

        var present = HubVariables.Where(name => Value(name) is not null).ToArray();
        if (present.Length == 0)
        {
            return null;
        }

        var needed = HubVariables.Append("JUPYTERHUB_SERVICE_PREFIX").Where(name => Value(name) is null).ToArray();
        if (needed.Length > 0)
        {
            _mistakes.Add($"{present[0]} is set, but {string.Join(", ", needed)} {(needed.Length == 1 ? "is" : "are")} not. Under a hub set all of them; without one, none of {string.Join(", ", present)}.");
        }

        var scopes = Scopes(Value("JUPYTERHUB_OAUTH_ACCESS_SCOPES"));
        var apiUrl = Url("JUPYTERHUB_API_URL");
        if (_mistakes.Count > 0 || apiUrl is null)
        {
            return null;
        }

        var interval = ActivityInterval();
        return new HubOptions
        {
            ApiUrl = new Uri(apiUrl.AbsoluteUri.TrimEnd('/')),
            ApiToken = Text("JUPYTERHUB_API_TOKEN")!,
            ClientId = ClientId(),
            CallbackUrl = Text("JUPYTERHUB_OAUTH_CALLBACK_URL") ?? prefix + "oauth_callback",
            AccessScopes = scopes,
            ActivityUrl = interval == TimeSpan.Zero ? null : Url("JUPYTERHUB_ACTIVITY_URL"),
            ActivityInterval = interval,
            Host = Url("JUPYTERHUB_HOST")?.GetLeftPart(UriPartial.Authority) ?? "",
            BaseUrl = "/" + (Text("JUPYTERHUB_BASE_URL")?.Trim('/') is { Length: > 0 } path ? path + "/" : ""),
            PublicUrl = Url("JUPYTERHUB_PUBLIC_URL"),
            PublicHubUrl = Url("JUPYTERHUB_PUBLIC_HUB_URL"),
            CookieHostPrefix = Text("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED") == "1",
        };
    }

    private string ClientId()
    {
        var id = Text("JUPYTERHUB_CLIENT_ID")!;
        if (!CookieName().IsMatch(id))
        {
            _mistakes.Add($"JUPYTERHUB_CLIENT_ID is '{id}'. It names the session cookie, so it may have no spaces, quotes, commas, semicolons or '='.");
        }

        return id;
    }

    private string[] Scopes(string? text)
    {
        if (text is null)
        {
            return []; // Named among the missing variables.
        }

        try
        {
            if (JsonSerializer.Deserialize<string[]>(text) is { Length: > 0 } scopes)
            {
                return scopes;
            }
        }
        catch (JsonException)
        {
            // Named below, as an empty list is: without scopes nobody could be let in.
        }

        _mistakes.Add($"JUPYTERHUB_OAUTH_ACCESS_SCOPES is '{text}'. Set it to a JSON list of scopes, such as [\"access:servers!server=ada/\"].");
        return [];
    }

    private TimeSpan ActivityInterval()
    {
        var text = Text("JUPYTERHUB_ACTIVITY_INTERVAL") ?? "300";
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86400)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        _mistakes.Add($"JUPYTERHUB_ACTIVITY_INTERVAL is '{text}'. Set it to seconds, at most 86400; 0 turns the reports off.");
        return TimeSpan.Zero;
    }

    private Uri? Url(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0)
        {
            return url;
        }

        _mistakes.Add($"{name} is '{text}'. Set it to an http:// or https:// URL.");
        return null;
    }

    private bool AuthIsOff(bool hasHub)
    {
        switch (Text("WAIIDE_AUTH"))
        {
            case null or "token":
                return false;
            case "none" when !hasHub:
                return true;
            case "none":
                _mistakes.Add("WAIIDE_AUTH is 'none', but under a hub the hub says who may enter. Remove WAIIDE_AUTH.");
                return false;
            case { } text:
                _mistakes.Add($"WAIIDE_AUTH is '{text}'. Set it to token, or to none to let in everyone who reaches the port.");
                return false;
        }
    }

    private string? Token()
    {
        if (Text("WAIIDE_TOKEN") is not { } token)
        {
            return null;
        }

        if (token.Length < 8 || token.Any(letter => letter is <= ' ' or > '~'))
        {
            _mistakes.Add("WAIIDE_TOKEN is too weak. Set it to 8 or more visible ASCII characters without spaces, better to 32 random ones; or remove it, and one is generated.");
        }

        return token;
    }

    private List<IPNetwork> TrustedProxies()
    {
        var networks = new List<IPNetwork>();
        foreach (var text in (Text("WAIIDE_TRUSTED_PROXIES") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                _mistakes.Add($"WAIIDE_TRUSTED_PROXIES has '{text}'. Set it to addresses or networks separated by commas, such as 10.0.0.0/8,::1.");
            }
        }

        return networks;
    }

    private string? FrameAncestors()
    {
        var text = Text("WAIIDE_FRAME_ANCESTORS");
        if (text is not null && text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(origin => !FrameAncestor().IsMatch(origin)))
        {
            _mistakes.Add($"WAIIDE_FRAME_ANCESTORS is '{text}'. Set it to origins separated by spaces, such as https://portal.example.org.");
        }

        return text;
    }

    private string? HashedPassword(bool isAttached)
    {
        var hash = Text("WAIIDE_IDE_HASHED_PASSWORD");
        if (hash is not null && !isAttached)
        {
            _mistakes.Add("WAIIDE_IDE_HASHED_PASSWORD is set, but WAIIDE_IDE_URL is not. Set WAIIDE_IDE_URL to the IDE server that has this password.");
        }
        else if (hash is not null && !Visible().IsMatch(hash))
        {
            _mistakes.Add("WAIIDE_IDE_HASHED_PASSWORD has characters that no cookie can carry. Set it to HASHED_PASSWORD of the IDE server: 64 hexadecimal digits.");
        }

        return hash;
    }

    private string Workspace(bool isAttached)
    {
        var name = Text("WAIIDE_WORKSPACE") is not null ? "WAIIDE_WORKSPACE" : "JUPYTERHUB_ROOT_DIR";
        var text = Text(name);
        var path = text is null ? Home() : Path.GetFullPath(text is "~" || text.StartsWith("~/", StringComparison.Ordinal) ? Home() + text[1..] : text);

        // What is missing is made at the start of the IDE. An attached one may run elsewhere: its folders are not ours to see.
        if (!isAttached && File.Exists(path))
        {
            _mistakes.Add($"{name} is '{text}', which is a file. Set it to the folder to open.");
        }

        return path;
    }

    private string DataDirectory(string prefix)
    {
        if (Text("WAIIDE_DATA_DIR") is { } said)
        {
            return Path.GetFullPath(said);
        }

        // https://specifications.freedesktop.org/basedir: relative paths in it are to be ignored.
        var root = Text("XDG_DATA_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg : Path.Combine(Home(), ".local", "share");
        return Path.Combine(root, "waiide", prefix == "/" ? "standalone" : Slug(prefix));
    }

    private string Home()
    {
        var home = Text("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length == 0)
        {
            _mistakes.Add("There is no home directory. Set HOME, or WAIIDE_DATA_DIR and WAIIDE_WORKSPACE.");
        }

        return home;
    }

    private LogLevel Level()
    {
        var text = Text("LOG_LEVEL") ?? (Text("JUPYTERHUB_DEBUG") is null ? "INFO" : "DEBUG");
        LogLevel? level = text.ToUpperInvariant() switch
        {
            "TRACE" => LogLevel.Trace,
            "DEBUG" => LogLevel.Debug,
            "INFO" or "INFORMATION" => LogLevel.Information,
            "WARN" or "WARNING" => LogLevel.Warning,
            "ERROR" => LogLevel.Error,
            "CRITICAL" or "FATAL" => LogLevel.Critical,
            _ => null,
        };
        if (level is null)
        {
            _mistakes.Add($"LOG_LEVEL is '{text}'. Set it to TRACE, DEBUG, INFO, WARNING, ERROR or CRITICAL.");
        }

        return level ?? LogLevel.Information;
    }

    private void WarnOfUnknownNames()
    {
        var known = GatewayOptionsTable.Own.Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in configuration.AsEnumerable().Select(variable => variable.Key).Where(name => name.StartsWith("WAIIDE_", StringComparison.Ordinal) && !known.Contains(name)).Order(StringComparer.Ordinal))
        {
            _warnings.Add($"{name} is not a setting of the gateway. Did you mean {GatewayOptionsTable.NearestTo(name)}?");
        }
    }

    // A readable part, and a hash because "/user/a/b-c/" and "/user/a-b/c/" read alike. Short: a Unix socket's path has 107 bytes at most.
    private static string Slug(string prefix)
    {
        var readable = NotReadable().Replace(Uri.UnescapeDataString(prefix), "-").Trim('-');
        return $"{readable[..Math.Min(readable.Length, 24)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prefix)))[..8]}";
    }

    private static int? ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;

    private static IPAddress? ParseAddress(string text) =>
        text == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(text, out var address) ? address : null;

    [GeneratedRegex(@"^https?://(?<host>\[[^\]/]*\]|.*?)(:(?<port>[^:/]*))?(/.*)?$")]
    private static partial Regex ServiceUrlPattern();

    [GeneratedRegex("^(/|[A-Za-z0-9._~!$&'()*+=:@-]|%[0-9A-Fa-f]{2})*$")]
    private static partial Regex RawPath();

    [GeneratedRegex("^[^\\s\"(),/:;<=>?@\\[\\\\\\]{}\\x00-\\x1f\\x7f-\\uffff]+$")]
    private static partial Regex CookieName();

    [GeneratedRegex("^[^\\s\"',;\\\\]+$")]
    private static partial Regex FrameAncestor();

    // cookie-octet of https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1.
    [GeneratedRegex(@"^[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]+$")]
    private static partial Regex Visible();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotReadable();
}
