using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>What was not made for this hub runs under it: the stock single-user server of JupyterHub 3.0.0, from its start to its end.</summary>
public sealed class StockSingleUserTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Contents = "/user/alice/api/contents";

    [SkippableTheory]
    [InlineData("3.0")]
    [InlineData("4.1")]
    [InlineData("5.5")]
    [InlineData("6.0")]
    public async Task It_starts_signs_people_in_reports_activity_ends_sessions_and_stops(string profile)
    {
        using var home = new TempDirectory();
        await using var hub = await StockSingleUser.StartHubAsync(home.Path, ("Profile", profile), ("Spawner:Environment:JUPYTERHUB_ACTIVITY_INTERVAL", "1"));
        var started = await hub.StartServerAsync("alice/server");
        Assert.True(started.Status == 201, $"{started.Status} {started.Body}\n{await PrintedAsync(hub)}");

        // A page leads to the login and, by OAuth, back.
        using var alice = hub.NewBrowser();
        var login = await alice.OpenAsync("/user/alice/");
        Assert.StartsWith("/hub/login?next=", login.Target, StringComparison.Ordinal);
        using (await alice.SignInAsync("alice", "pw"))
        {
        }

        var page = await alice.OpenAsync("/user/alice/");
        Assert.Equal((HttpStatusCode.OK, "/user/alice/tree/"), (page.Status, page.Target));
        Assert.NotNull(alice.Cookie("jupyterhub-user-alice", "/user/alice/"));

        // Its own API, by that cookie, and by a token of the user's.
        var before = DateTimeOffset.UtcNow;
        using (var made = await alice.SendAsync(HttpMethod.Put, Contents + "/note.txt", JsonContent.Create(new { type = "file", format = "text", content = "by cookie" }), ("X-XSRFToken", alice.Cookie("_xsrf", "/user/alice/")!)))
        {
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        Assert.Equal("by cookie", await File.ReadAllTextAsync(Path.Combine(home.Path, "alice", "note.txt")));
        Assert.Equal(HttpStatusCode.OK, await ByTokenAsync(hub, await NewTokenAsync(hub, "alice")));
        Assert.Equal(HttpStatusCode.Forbidden, await ByTokenAsync(hub, await NewTokenAsync(hub, "bob")));
        Assert.Equal(HttpStatusCode.Forbidden, await ByTokenAsync(hub, "of-nobody-0123456789abcdef"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub.NewBrowser()));
        using (var bob = await hub.SignedInAsync("bob"))
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await bob.OpenAsync("/user/alice/")).Status);
        }

        // The front looks every five minutes only: what the hub knows now, it knows of the server.
        await Eventually.Is(
            async () => DateTimeOffset.Parse((await hub.ServerAsync("alice"))!["last_activity"]!.GetValue<string>(), CultureInfo.InvariantCulture) >= before,
            "the server has reported what was done");

        // At the hub's logout the server's own cookie stays with the browser, and is worth nothing.
        var cookie = alice.Cookie("jupyterhub-user-alice", "/user/alice/");
        await LogOutAsync(alice);
        Assert.Equal(cookie, alice.Cookie("jupyterhub-user-alice", "/user/alice/"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(alice));
        Assert.StartsWith("/hub/login", (await alice.OpenAsync("/user/alice/")).Target, StringComparison.Ordinal);

        Assert.Equal(204, (await hub.StopServerAsync("alice/server")).Status);
        Assert.Empty(hub.Servers());
        Assert.Contains("Interrupted...", await PrintedAsync(hub), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_notebook_is_opened_and_run_through_a_front_proxy_of_JupyterHubs_own()
    {
        Prerequisites.Need("node", "npm", "chromium", "python3");
        using var home = new TempDirectory();
        await using var proxy = RealProxy.Prepare();
        await using var hub = await StockSingleUser.StartHubAsync(
            home.Path, ("Proxy:ApiUrl", proxy.ApiUrl.ToString()), ("Proxy:AuthToken", RealProxy.Token), ("LastActivityInterval", "1"));
        await proxy.StartAsync(hub.Api, withDefaultTarget: false);
        await Eventually.Is(async () => (await RoutesAsync()).ContainsKey("/"), "the proxy leads to the hub");

        // Nothing runs yet: the notebook's address leads through the login to the page that starts its server, and then there.
        Directory.CreateDirectory(Path.Combine(home.Path, "alice"));
        await File.WriteAllTextAsync(Path.Combine(home.Path, "alice", "sum.ipynb"), Notebook);
        var page = await Chromium.NewPageAsync();
        var notebook = new Uri(proxy.Front, "/user/alice/notebooks/sum.ipynb").ToString();
        await page.GotoAsync(notebook);
        await page.GetByLabel("User name").FillAsync("alice");
        await page.GetByLabel("Password").FillAsync("pw");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start it" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(notebook, new() { Timeout = 90_000 });
        Assert.True((await RoutesAsync()).ContainsKey("/user/alice"));

        // A kernel is HTTP, and then a WebSocket, through the proxy.
        await Expect(page.Locator("#kernel_indicator_icon.kernel_idle_icon")).ToBeVisibleAsync();
        await page.Locator(".code_cell").First.ClickAsync();
        await page.Keyboard.PressAsync("Shift+Enter");
        await Expect(page.Locator(".output_text").First).ToContainTextAsync("the sum is 42");

        // The hub takes a server's activity from the proxy, too.
        var before = DateTimeOffset.UtcNow;
        await page.ReloadAsync();
        await Eventually.Is(
            async () => DateTimeOffset.Parse((await hub.ServerAsync("alice"))!["last_activity"]!.GetValue<string>(), CultureInfo.InvariantCulture) >= before,
            "the hub learns of the activity from the proxy");

        Assert.Equal(204, (await hub.StopServerAsync("alice/server")).Status);
        await Eventually.Is(async () => !(await RoutesAsync()).ContainsKey("/user/alice"), "the proxy has the route no longer");
        await page.GotoAsync(notebook);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your server is not running" })).ToBeVisibleAsync();
        Assert.Empty(hub.Servers());

        async Task<JsonObject> RoutesAsync() => JsonNode.Parse((await RealProxy.CallAsync(proxy.ApiPort, "GET", "/api/routes")).Body)!.AsObject();
    }

    private const string Notebook = """
        {"cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": ["'the sum is ' + str(40 + 2)"]}],
         "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}, "nbformat": 4, "nbformat_minor": 4}
        """;

    private static async Task LogOutAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/hub/logout");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    private static async Task<string> NewTokenAsync(RunningHub hub, string user) => (await hub.CallAsync("POST", $"users/{user}/tokens", "{}")).Json["token"]!.GetValue<string>();

    private static Task<HttpStatusCode> ByTokenAsync(RunningHub hub, string token) => StatusAsync(hub.NewBrowser(), ("Authorization", "token " + token));

    private static async Task<HttpStatusCode> StatusAsync(Browser browser, params (string, string)[] headers)
    {
        using var answer = await browser.GetAsync(Contents, headers);
        return answer.StatusCode;
    }

    private static Task<string> PrintedAsync(RunningHub hub) => File.ReadAllTextAsync(Path.Combine(hub.Folder, "alice", "servers", "default~", "server.log"));
}
