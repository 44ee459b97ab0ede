using System.Globalization;
using System.Net;

namespace Waiide.Gateway;

/// <summary>Turns the environment into <see cref="GatewayOptions"/>, or says everything that is wrong with it at once.</summary>
internal sealed partial class GatewayOptionsReader(IConfiguration configuration)
{
    private const int DefaultPort = 8070;

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
        var authIsOff = AuthIsOff();
        var ideUrl = Url("WAIIDE_IDE_URL");
        var allComponents = Switch("USE_ALL_COMPONENTS", byDefault: true);
        CheckGallery();
        WarnOfUnknownNames();
        var tls = Tls();

        var options = new GatewayOptions
        {
            Port = port,
            PortIsDefault = saidPort is null,
            HubSidePort = servicePort == port ? null : servicePort,
            Address = serviceAddress ?? Host() ?? IPAddress.Loopback,
            Tls = tls,
            Prefix = prefix,
            Hub = hub,
            User = Text("JUPYTERHUB_USER") ?? Environment.UserName,
            ServerName = configuration["JUPYTERHUB_SERVER_NAME"] ?? "",
            Token = !WantsHub && !authIsOff ? Token() : null,
            AuthIsOff = authIsOff,
            PublicHost = hub is null ? Url("JUPYTERHUB_PUBLIC_URL")?.Host : null,
            TrustedProxies = TrustedProxies(everybody: tls is not null),
            FrameAncestors = FrameAncestors(),
            Cookies = Cookies(hub),
            IdeUrl = ideUrl,
            IdeHashedPassword = HashedPassword(ideUrl is not null),
            IdeCommand = Text("WAIIDE_IDE_COMMAND") ?? "code-server",
            IdeExtensions = allComponents ? IdeExtensions(ideUrl is not null) : null,
            VscodePort = IsServiceLink("VSCODE_PORT") ? null : Port("VSCODE_PORT"),
            Workspace = Workspace(ideUrl is not null),
            DataDirectory = DataDirectory(prefix),
            AssetCache = AssetCache(),
            Activity = Activity(),
            IdleTimeout = IdleTimeout(byDefault: hub is not null && ideUrl is null),
            DeniedPorts = DeniedPorts(),
            SandboxPorts = Switch("WAIIDE_SANDBOX_PORTS"),
            AllComponents = allComponents,
            TelemetryUrls = TelemetryUrls(),
            TrustTraceparent = Switch("WAIIDE_TRUST_TRACEPARENT"),
            MemoryLimit = MemoryLimit(),
            CpuLimit = CpuLimit(),
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

    private static int? ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;

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
}
