using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>What code-server is told wherever it is started, by the gateway or by the AppHost (which compiles this file in), so that both find the same settings and extensions.</summary>
internal static class IdeArguments
{
    // A closed laptop finds its terminals again within the hour; a tab that never returns does not hold its 250 MB for the server's own default of three.
    private static readonly TimeSpan ReconnectionGrace = TimeSpan.FromHours(1);

    /// <summary>Everything but what to listen on and who may come in; the folder to open is the last.</summary>
    internal static string[] For(string dataDirectory, string workspace) =>
    [
        "--disable-telemetry",
        "--disable-update-check",
        "--disable-getting-started-override",
        "--reconnection-grace-time", ReconnectionGrace.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        "--user-data-dir", UserData(dataDirectory),
        "--extensions-dir", Path.Combine(dataDirectory, "extensions"),
        // Without a file it writes one with a password of its own into the home directory.
        "--config", "/dev/null",
        workspace,
    ];

    /// <summary>Settings, state and logs of VS Code.</summary>
    internal static string UserData(string dataDirectory) => Path.Combine(dataDirectory, "user-data");
}
