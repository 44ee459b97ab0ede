using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What the hub starts where Hub:Spawner:Cmd says nothing: Waiide.Gateway with an IDE of its own.</summary>
internal static class GatewayServer
{
    /// <summary>The program and its argument, if any; null where the gateway is neither beside the hub nor where both were built.</summary>
    public static IReadOnlyList<string>? Command()
    {
        var built = new[] { Path.Combine(AppContext.BaseDirectory, "Waiide.Gateway.dll"), Built("GatewayAssembly") }.FirstOrDefault(File.Exists);

        // The runtime that the hub runs on; a server's PATH need not lead to one.
        var dotnet = Path.GetFullPath("../../../dotnet", RuntimeEnvironment.GetRuntimeDirectory());
        if (built is not null)
        {
            return [File.Exists(dotnet) ? dotnet : "dotnet", built];
        }

        // Both as they are shipped, in one folder.
        var shipped = Path.Combine(AppContext.BaseDirectory, "Waiide.Gateway");
        return File.Exists(shipped) ? [shipped] : null;
    }

    /// <summary>What the gateway has to be told besides what every server is told.</summary>
    public static Dictionary<string, string> Environment(Server server, int port, HubOptions options, IReadOnlyDictionary<string, string> hub)
    {
        var environment = new Dictionary<string, string>
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture), // Else it would listen on its own default port too, which is one for all.
            ["WAIIDE_DATA_DIR"] = ServerFolders.Data(server, options.Spawner),
            ["WAIIDE_DENIED_PORTS"] = string.Join(',', [.. Listeners.Of(options).Select(listener => listener.Port.ToString(CultureInfo.InvariantCulture)), .. options.Spawner.DeniedPorts]),
            ["WAIIDE_IDE_CACHE"] = IdeCache(hub), // The hub's own: below the server's home it would be installed once for each user.
        };
        if (HubTraces.Traceparent is { } traceparent)
        {
            environment["TRACEPARENT"] = traceparent;
        }

        // Its telemetry goes where the hub's goes, unless that takes a key which is not for the server's user; its front is the hub, which lets nobody else say what belongs to which trace.
        if (hub.GetValueOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 } && (options.Spawner.TelemetryHeaders || !hub.Any(IsHeaders)))
        {
            foreach (var (name, value) in hub.Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)))
            {
                environment[name] = value;
            }

            environment["OTEL_SERVICE_NAME"] = "gateway";
            environment["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=" + Uri.EscapeDataString(server.FullName);
            environment["WAIIDE_TRUST_TRACEPARENT"] = "1";
        }

        if (Built("IdeLauncher") is { } launcher && File.Exists(launcher))
        {
            environment["WAIIDE_IDE_COMMAND"] = Path.GetFullPath(launcher);
        }

        return environment;
    }

    // OTEL_EXPORTER_OTLP_HEADERS, and one for each signal.
    private static bool IsHeaders(KeyValuePair<string, string> variable) =>
        variable.Key.StartsWith("OTEL_", StringComparison.Ordinal) && variable.Key.EndsWith("_HEADERS", StringComparison.Ordinal) && variable.Value.Length > 0;

    private static string IdeCache(IReadOnlyDictionary<string, string> hub) => hub.GetValueOrDefault("WAIIDE_IDE_CACHE") is { Length: > 0 } said
        ? said
        : Path.Combine(UserFolders.Cache, "waiide", "ide");

    // Null in what is shipped.
    private static string? Built(string name) =>
        typeof(GatewayServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(attribute => attribute.Key == name)?.Value;
}
