using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A real JupyterHub keeps its routes in our front proxy (ConfigurableHTTPProxy with should_start=False), which our own hub uses as well.</summary>
public sealed class RealHubBehindOurProxyTests
{
    private const string TestsToken = "tests-token-0123456789abcdef";

    [SkippableFact]
    public async Task It_takes_the_front_and_its_servers_are_reached_while_our_hubs_own_routes_stay()
    {
        Prerequisites.Need("jupyterhub", "node");
        var (api, real) = (Ports.Free(), Ports.Free());
        await using var ada = await StubIde.StartAsync();
        await using var hub = await RunningHub.StartAsync(
            ("Users:ada", "pw"), ("Proxy:ApiPort", Text(api)), ("Proxy:AuthToken", RealProxy.Token), ("LastActivityInterval", "0.5"),
            ("Servers:0:User", "ada"), ("Servers:0:Url", ada.Url.ToString()), ("Servers:0:ApiToken", "ada-server-token-0123456789abcdef"));
        using var folder = new TempDirectory();
        await using var jupyterHub = Start(folder.Path, hub.Front, api, real);
        using var browser = hub.NewBrowser();

        await Eventually.Is(async () => await VersionAsync(browser) == "3.0.0", $"the front is the real hub's\n{jupyterHub.Output}", TimeSpan.FromSeconds(60));
        using var direct = new Browser(new Uri($"http://127.0.0.1:{real}"));
        using (var made = await direct.SendAsync(HttpMethod.Post, "/hub/api/users/zoe", null, Tests))
        using (var started = await direct.SendAsync(HttpMethod.Post, "/hub/api/users/zoe/server", null, Tests))
        {
            Assert.True(started.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted, $"{started.StatusCode}\n{jupyterHub.Output}");
        }

        await Eventually.Is(async () => await StatusAsync(browser, "/user/zoe/x") == HttpStatusCode.OK, $"its server is reached through our proxy\n{jupyterHub.Output}", TimeSpan.FromSeconds(60));

        // It looks at the routes every second, and deletes whatever it takes for its own and does not know.
        var clock = Stopwatch.StartNew();
        await Eventually.Is(() => clock.Elapsed > TimeSpan.FromSeconds(4), "it has looked at the routes more than once");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/user/ada/x"));
        Assert.Equal("3.0.0", await VersionAsync(browser)); // And our hub does not take the front back.

        // What our proxy saw is what the real hub takes for the server's activity.
        var before = DateTimeOffset.UtcNow;
        await StatusAsync(browser, "/user/zoe/y");
        await Eventually.Is(async () => await ActivityAsync() > before, "the real hub learns of the activity");

        using (var stopped = await direct.SendAsync(HttpMethod.Delete, "/hub/api/users/zoe/server", null, Tests))
        {
            Assert.True(stopped.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Accepted, stopped.StatusCode.ToString());
        }

        await Eventually.Is(async () => !(await RoutesAsync(api)).ContainsKey("/user/zoe"), "the route of the stopped server is gone");
        Assert.True((await RoutesAsync(api)).ContainsKey("/user/ada"));
        jupyterHub.Signal("TERM");
        await jupyterHub.WaitForExit(TimeSpan.FromSeconds(40)); // It stops what it started.
        await RealProxy.CallAsync(api, "DELETE", "/api/routes/");
        await Eventually.Is(async () => await VersionAsync(browser) is { } version && version != "3.0.0", "without a route of the real hub's the front is ours again");

        async Task<DateTimeOffset> ActivityAsync()
        {
            using var answer = await direct.GetAsync("/hub/api/users/zoe", Tests);
            return DateTimeOffset.Parse(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["last_activity"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        }
    }

    private static (string, string) Tests => ("Authorization", "token " + TestsToken);

    private static ChildProcess Start(string folder, Uri front, int proxyApi, int port)
    {
        File.WriteAllText(Path.Combine(folder, "jupyterhub_config.py"), $$"""
            c.JupyterHub.bind_url = '{{front.GetLeftPart(UriPartial.Authority)}}'
            c.JupyterHub.hub_bind_url = 'http://127.0.0.1:{{port}}'
            c.JupyterHub.db_url = 'sqlite:///{{folder}}/jupyterhub.sqlite'
            c.JupyterHub.cookie_secret_file = '{{folder}}/cookie_secret'
            c.JupyterHub.last_activity_interval = 1
            c.ConfigurableHTTPProxy.should_start = False
            c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{{proxyApi}}'
            c.ConfigurableHTTPProxy.auth_token = '{{RealProxy.Token}}'
            c.JupyterHub.authenticator_class = 'dummy'
            c.JupyterHub.services = [{'name': 'tests', 'api_token': '{{TestsToken}}'}]
            c.JupyterHub.load_roles = [{'name': 'tests', 'services': ['tests'], 'scopes': ['admin:users', 'admin:servers', 'proxy']}]
            c.JupyterHub.spawner_class = 'simple'
            c.SimpleLocalProcessSpawner.home_dir_template = '{{folder}}/home/{username}'
            c.Spawner.cmd = ['node', '{{RunningHub.SingleUserServer}}']
            """);
        var start = new ProcessStartInfo("jupyterhub", ["--config", Path.Combine(folder, "jupyterhub_config.py")])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LANG"] = "C.UTF-8";
        return ChildProcess.Start(start);
    }

    private static async Task<string?> VersionAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/hub/login");
        return answer.Headers.TryGetValues("X-JupyterHub-Version", out var versions) ? versions.First() : null;
    }

    private static async Task<HttpStatusCode> StatusAsync(Browser browser, string target)
    {
        using var answer = await browser.GetAsync(target);
        return answer.StatusCode;
    }

    private static async Task<JsonObject> RoutesAsync(int api) => JsonNode.Parse((await RealProxy.CallAsync(api, "GET", "/api/routes")).Body)!.AsObject();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
