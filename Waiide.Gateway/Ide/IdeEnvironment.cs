namespace Waiide.Gateway.Ide;

/// <summary>What of the gateway's environment the IDE, its terminals and its extensions may see: everything of the user's, nothing that was meant for the gateway.</summary>
internal static class IdeEnvironment
{
    /// <summary>Every process of a run carries this variable, by which all of them are found when the run ends.</summary>
    internal const string RunVariable = "WAIIDE_RUN";

    // Names and addresses that notebooks and dashboards build URLs from. JUPYTERHUB_API_TOKEN is not among them: it is the secret of the OAuth client here.
    // WAIIDE_IDE_CACHE is for the program that installs the IDE server on its first start.
    private static readonly string[] ForTheIde =
    [
        "WAIIDE_IDE_CACHE",
        "JUPYTERHUB_API_URL", "JUPYTERHUB_BASE_URL", "JUPYTERHUB_HOST", "JUPYTERHUB_PUBLIC_HUB_URL", "JUPYTERHUB_PUBLIC_URL",
        "JUPYTERHUB_ROOT_DIR", "JUPYTERHUB_SERVER_NAME", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_USER",
    ];

    // Settings and secrets of the gateway and of its host (JPY_ is JupyterHub's old spelling, services__ are the addresses of the AppHost's other resources), and
    // what an outer VS Code terminal leaves behind: with VSCODE_IPC_HOOK_CLI or CODE_SERVER_PARENT_PID code-server takes itself for a part of that one.
    private static readonly string[] NotForTheIde =
    [
        "JUPYTERHUB_", "JPY_", "WAIIDE_", "OTEL_", "ASPNETCORE_", "KESTREL__", "LOGGING__", "SERVICES__", "CONNECTIONSTRINGS__", "VSCODE_", "CODE_SERVER_",
    ];

    private static readonly string[] NamesNotForTheIde =
        ["PORT", "TRACEPARENT", "HASHED_PASSWORD", "PASSWORD", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ELECTRON_RUN_AS_NODE"];

    /// <param name="gateway">The gateway's own environment.</param>
    /// <param name="run">The mark of this run.</param>
    /// <param name="prefix">The raw URL prefix.</param>
    /// <param name="hasPorts">Whether dev servers can be reached below the prefix.</param>
    internal static IReadOnlyDictionary<string, string> From(IEnumerable<KeyValuePair<string, string>> gateway, string run, string prefix, bool hasPorts)
    {
        var environment = gateway.Where(variable => IsForTheIde(variable.Key)).ToDictionary(StringComparer.Ordinal);
        environment[RunVariable] = run;

        if (hasPorts)
        {
            // Where VS Code's Ports view, its links to localhost and the terminals find dev servers. Without a host: the browser adds the origin by which it came.
            environment["VSCODE_PROXY_URI"] = prefix + "proxy/{{port}}/";
        }

        return environment;
    }

    private static bool IsForTheIde(string name) =>
        ForTheIde.Contains(name)
        || (!NamesNotForTheIde.Contains(name, StringComparer.OrdinalIgnoreCase)
            && !NotForTheIde.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
}
