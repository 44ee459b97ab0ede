using System.Globalization;
using System.Text;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What a started server finds in its environment, and nothing else: names and values are JupyterHub's (reference: "Spawners", "Environment variables and command-line arguments").</summary>
internal static class ServerEnvironment
{
    // By the first an AppHost finds everything of its run when it ends; by the second only what belongs to the hub's resource, which servers outlive.
    internal const string Run = "ASPIRE_RUN_ID";
    private const string Resource = "ASPIRE_RESOURCE_ID";

    /// <param name="apiToken">The server's token for this run, which is its OAuth client secret too.</param>
    /// <param name="serviceUrl">Where the hub expects the server to listen.</param>
    /// <param name="hub">The hub's own environment, of which little is passed on.</param>
    public static Dictionary<string, string> Of(Server server, string apiToken, string serviceUrl, string home, HubOptions options, IReadOnlyDictionary<string, string> hub)
    {
        var (profile, spawner) = (options.Profile, options.Spawner);
        var publicHost = profile.TellsPublicUrls ? options.PublicUrl?.GetLeftPart(UriPartial.Authority) : null;
        var scopes = JsonList($"access:servers!server={server.FullName}", $"access:servers!user={server.User.Name}");
        var environment = spawner.EnvKeep.Append(Run).Where(name => name != Resource && hub.ContainsKey(name)).Distinct().ToDictionary(name => name, name => hub[name], StringComparer.Ordinal);

        environment["JUPYTERHUB_API_TOKEN"] = apiToken;
        environment["JPY_API_TOKEN"] = apiToken;
        environment["JUPYTERHUB_CLIENT_ID"] = server.ClientId;
        environment["JUPYTERHUB_OAUTH_CALLBACK_URL"] = server.CallbackUrl;
        environment["JUPYTERHUB_OAUTH_ACCESS_SCOPES"] = scopes;
        environment["JUPYTERHUB_OAUTH_SCOPES"] = scopes;
        environment["JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES"] = "[]";
        environment["JUPYTERHUB_USER"] = server.User.Name;
        environment["JUPYTERHUB_SERVER_NAME"] = server.Name;
        environment["JUPYTERHUB_API_URL"] = options.ApiUrl;
        environment["JUPYTERHUB_ACTIVITY_URL"] = $"{options.ApiUrl}/users/{HubNames.Segment(server.User.Name)}/activity";
        environment["JUPYTERHUB_BASE_URL"] = options.BaseUrl;
        environment["JUPYTERHUB_SERVICE_PREFIX"] = server.Prefix;
        environment["JUPYTERHUB_SERVICE_URL"] = serviceUrl;
        environment["JUPYTERHUB_HOST"] = publicHost ?? "";
        if (profile.TellsCookieHostPrefix)
        {
            environment["JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED"] = "0";
        }

        if (profile.TellsPublicUrls)
        {
            environment["JUPYTERHUB_PUBLIC_URL"] = publicHost is null ? "" : publicHost + server.Prefix;
            environment["JUPYTERHUB_PUBLIC_HUB_URL"] = publicHost is null ? "" : publicHost + options.HubPrefix;
        }

        if (spawner.MemLimit is { } memory)
        {
            environment["MEM_LIMIT"] = memory.ToString(CultureInfo.InvariantCulture);
        }

        if (spawner.CpuLimit is { } processors)
        {
            environment["CPU_LIMIT"] = processors.ToString("0.0##", CultureInfo.InvariantCulture); // As Python writes a float: 2.0
        }

        environment["USER"] = server.User.Name;
        environment["HOME"] = home;
        environment["SHELL"] = hub.GetValueOrDefault("SHELL") is { Length: > 0 } shell ? shell : "/bin/sh";
        foreach (var (name, value) in spawner.Environment)
        {
            environment[name] = value;
        }

        return environment;
    }

    // Python's json.dumps, byte for byte: ["a", "s-\u00e9"]
    private static string JsonList(params string[] texts) => $"[{string.Join(", ", texts.Select(Quoted))}]";

    private static string Quoted(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => json.Append('\\').Append(letter),
                < ' ' or > '~' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => json.Append(letter),
            };
        }

        return json.Append('"').ToString();
    }
}
