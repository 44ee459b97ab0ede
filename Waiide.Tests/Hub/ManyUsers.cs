using System.Net;
using System.Text;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub with three users and their five servers, each a gateway with a real VS Code of its own; started for the first test that needs it.</summary>
public sealed class ManyUsers : IAsyncLifetime
{
    /// <summary>Owner and name of each server.</summary>
    public static readonly (string User, string Name)[] Servers = [("ada", ""), ("ada", "lab"), ("bob", ""), ("bob", "lab"), ("cleo", "")];

    private RunningHub? _hub;

    internal RunningHub Hub => _hub!;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Returns when all five are there and their IDEs can be used; one that a test stopped is started again.</summary>
    internal async Task AreRunningAsync()
    {
        Prerequisites.Need("node", "npm", "setsid");
        _hub ??= await HubCalls.StartAsync(("Spawner:Cmd", ""), ("Users:ada", "pw"), ("Users:cleo", "pw"));
        await Task.WhenAll(Servers.Select(async server =>
        {
            if (await _hub.ServerAsync(server.User, server.Name) is not { } model || !model["ready"]!.GetValue<bool>())
            {
                var started = await _hub.StartServerAsync(PathOf(server));
                Assert.True(started.Status is 201 or 202, $"{started.Status} {started.Body}");
            }
        }));

        // The first ever installs the IDE server; then five of them start at once.
        using var anybody = _hub.NewBrowser();
        foreach (var server in Servers)
        {
            await Eventually.Is(async () => await StatusAsync(anybody, PrefixOf(server) + "health") == HttpStatusCode.OK, $"the IDE at {PrefixOf(server)} can be used", TimeSpan.FromMinutes(5));
        }
    }

    public static string PrefixOf((string User, string Name) server) => $"/user/{server.User}/{(server.Name.Length > 0 ? server.Name + "/" : "")}";

    /// <summary>The server as the API addresses it.</summary>
    public static string PathOf((string User, string Name) server) => server.User + (server.Name.Length > 0 ? "/servers/" + server.Name : "/server");

    /// <summary>The folder that all servers of a user open.</summary>
    public string HomeOf(string user) => Path.Combine(Hub.Folder, user, "home");

    /// <summary>What the process of a server was started with.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf((string User, string Name) server)
    {
        var process = GatewaysOf(server).Single();
        return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process.Id}/environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
    }

    /// <summary>The gateways of this hub that run for a server; other tests have users of the same names.</summary>
    internal IEnumerable<Processes.Found> GatewaysOf((string User, string Name) server)
    {
        var ofUser = Processes.With("JUPYTERHUB_USER=" + server.User).Select(process => process.Id).ToHashSet();
        return Hub.Servers(server.Name).Where(process => ofUser.Contains(process.Id) && process.CommandLine.Contains("Waiide.Gateway", StringComparison.Ordinal));
    }

    internal static async Task<HttpStatusCode> StatusAsync(Browser browser, string target, params (string, string)[] headers)
    {
        using var answer = await browser.GetAsync(target, headers);
        return answer.StatusCode;
    }

    public async Task DisposeAsync()
    {
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
    }
}
