using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A real configurable-http-proxy stands in front of the hub, which keeps the proxy's routes as they should be.</summary>
public sealed class ExternalProxyTests
{
    [SkippableFact]
    public async Task The_hub_and_its_servers_are_reached_through_it_and_nowhere_else()
    {
        await using var proxy = RealProxy.Prepare();
        await using var ada = await StubIde.StartAsync();
        await using var hub = await StartHubAsync(proxy, ada, onlyEvery: "1");
        await proxy.StartAsync(hub.Api, withDefaultTarget: false); // After the hub, which keeps asking for it.
        await Eventually.Is(async () => (await RoutesAsync(proxy)).Count == 2, "the proxy gets its two routes");

        using var browser = new Browser(proxy.Front);
        using (var answer = await browser.SignInAsync("ada", "pw"))
        {
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        }

        using (var home = await browser.GetAsync("/hub/home"))
        {
            Assert.Equal(HttpStatusCode.OK, home.StatusCode);
        }

        using (var server = await browser.GetAsync("/user/ada/x?y=%2F"))
        {
            Assert.Equal("ide", server.Headers.GetValues("X-Stub").Single());
        }

        Assert.Contains(ada.Requests, request => request.Target == "/user/ada/x?y=%2F");
        using var nobody = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => nobody.ConnectAsync(IPAddress.Loopback, hub.Front.Port));

        using var admin = new Browser(hub.Api);
        using (await admin.SignInAsync("root", "pw"))
        using (var routes = await admin.GetAsync("/hub/api/proxy"))
        {
            var model = JsonNode.Parse(await routes.Content.ReadAsStringAsync())!.AsObject();
            Assert.Equal(["/", "/user/ada/"], model.Select(route => route.Key).Order(StringComparer.Ordinal));
            Assert.Equal(hub.Api.GetLeftPart(UriPartial.Authority), model["/"]!["target"]!.GetValue<string>());
            Assert.True(model["/"]!["data"]!["hub"]!.GetValue<bool>());
            Assert.Equal(("ada", ""), (model["/user/ada/"]!["data"]!["user"]!.GetValue<string>(), model["/user/ada/"]!["data"]!["server_name"]!.GetValue<string>()));
        }
    }

    [SkippableFact]
    public async Task What_is_wrong_with_its_routes_is_repaired()
    {
        await using var proxy = RealProxy.Prepare();
        await using var ada = await StubIde.StartAsync();
        await using var hub = await StartHubAsync(proxy, ada, onlyEvery: "0.5");
        await proxy.StartAsync(hub.Api);
        await Eventually.Is(async () => await IsGoodAsync(), "the proxy has its routes");

        // One of nobody, one that leads elsewhere, one that is missing, and one that is no hub's business.
        await RealProxy.CallAsync(proxy.ApiPort, "POST", "/api/routes/user/nobody", """{"target":"http://127.0.0.1:1","user":"nobody","server_name":"","jupyterhub":true}""");
        await RealProxy.CallAsync(proxy.ApiPort, "POST", "/api/routes/user/ada", """{"target":"http://127.0.0.1:1","user":"ada","server_name":"","jupyterhub":true}""");
        await RealProxy.CallAsync(proxy.ApiPort, "POST", "/api/routes/elsewhere", """{"target":"http://127.0.0.1:1"}""");
        await RealProxy.CallAsync(proxy.ApiPort, "DELETE", "/api/routes/");
        await Eventually.Is(async () => await IsGoodAsync() && !(await RoutesAsync(proxy)).ContainsKey("/user/nobody"), "the routes are as they should be again");
        Assert.True((await RoutesAsync(proxy)).ContainsKey("/elsewhere"));

        await proxy.StopAsync();
        await hub.Process.WaitForOutput("does not tell its routes");
        await proxy.StartAsync(hub.Api, withDefaultTarget: false); // It comes back with nothing.
        await Eventually.Is(async () => await IsGoodAsync(), "a proxy that lost its routes gets them again");
        await hub.Process.WaitForOutput("tells its routes again");

        async Task<bool> IsGoodAsync()
        {
            var routes = await RoutesAsync(proxy);
            return routes["/"]?["target"]?.GetValue<string>() == hub.Api.GetLeftPart(UriPartial.Authority) && routes["/"]?["jupyterhub"]?.GetValue<bool>() == true
                && routes["/user/ada"]?["target"]?.GetValue<string>() == ada.Url.GetLeftPart(UriPartial.Authority);
        }
    }

    [SkippableFact]
    public async Task Its_error_pages_are_those_of_the_hub()
    {
        await using var proxy = RealProxy.Prepare();
        await using var gone = await StubIde.StartAsync();
        await using var hub = await StartHubAsync(proxy, gone, onlyEvery: "0.5");
        await proxy.StartAsync(hub.Api);
        await Eventually.Is(async () => (await RoutesAsync(proxy)).ContainsKey("/user/ada"), "the proxy has the route");
        await gone.DisposeAsync();

        using var browser = new Browser(proxy.Front);
        using var direct = await browser.GetAsync("/hub/error/503?url=%2Fuser%2Fada%2Fx");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (direct.StatusCode, direct.Content.Headers.ContentType!.ToString()));
        Assert.True(direct.Headers.Contains("X-JupyterHub-Version"));
        using var shown = await browser.GetAsync("/user/ada/x");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (shown.StatusCode, shown.Content.Headers.ContentType!.ToString()));
        Assert.Equal(await direct.Content.ReadAsStringAsync(), await shown.Content.ReadAsStringAsync());

        using var unreadable = await browser.GetAsync("/user/ada/%zz");
        using var page = await browser.GetAsync("/hub/error/500?url=x");
        Assert.Equal(HttpStatusCode.InternalServerError, unreadable.StatusCode);
        Assert.Equal(await page.Content.ReadAsStringAsync(), await unreadable.Content.ReadAsStringAsync());

        foreach (var target in (string[])["/hub/error/", "/hub/error/x", "/hub/error/99999999999", "/hub/error/1"])
        {
            using var none = await browser.GetAsync(target);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [SkippableFact]
    public async Task A_hub_that_its_proxy_refuses_says_so_and_goes_on()
    {
        await using var proxy = RealProxy.Prepare();
        await using var ada = await StubIde.StartAsync();
        await proxy.StartAsync(new Uri("http://127.0.0.1:1"));
        await using var hub = await StartHubAsync(proxy, ada, onlyEvery: "0.5", token: "another-token-0123456789");

        await hub.Process.WaitForOutput("does not tell its routes");
        Assert.Contains("403", hub.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("another-token", hub.Process.Output, StringComparison.Ordinal);
        using var browser = new Browser(hub.Api);
        using var answer = await browser.GetAsync("/hub/health");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task<RunningHub> StartHubAsync(RealProxy proxy, StubIde ada, string onlyEvery, string token = RealProxy.Token) => RunningHub.StartAsync(
        ("Users:ada", "pw"), ("Users:root", "pw"), ("Admins", "root"), ("LastActivityInterval", onlyEvery),
        ("Proxy:ApiUrl", proxy.ApiUrl.ToString()), ("Proxy:AuthToken", token),
        ("Servers:0:User", "ada"), ("Servers:0:Url", ada.Url.ToString()), ("Servers:0:ApiToken", "ada-server-token-0123456789abcdef"));

    private static async Task<JsonObject> RoutesAsync(RealProxy proxy) => JsonNode.Parse((await RealProxy.CallAsync(proxy.ApiPort, "GET", "/api/routes")).Body)!.AsObject();
}
