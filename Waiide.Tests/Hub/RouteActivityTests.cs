using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>What counts as activity on a route, with our proxy as with the real one, and how the hub takes it over.</summary>
[Collection(TwoProxiesTests.Name)]
public sealed class RouteActivityTests(TwoProxies proxies)
{
    [SkippableTheory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(302, false)]
    [InlineData(304, false)]
    [InlineData(404, false)]
    [InlineData(500, false)]
    public async Task An_answer_counts_if_it_is_a_success(int status, bool counts)
    {
        Prerequisites.Need("node", "npm");
        proxies.Dave.When($"/user/dave/status-{status}", context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        foreach (var (front, api) in Both)
        {
            var before = await LaterThanNowAsync(api, "/user/dave");
            using var browser = new Browser(front);
            using var answer = await browser.GetAsync($"/user/dave/status-{status}");
            Assert.Equal(status, (int)answer.StatusCode);
            await CountsAsync(counts, api, "/user/dave", before);
        }
    }

    [SkippableFact]
    public async Task Of_a_WebSocket_only_what_the_client_sends_counts()
    {
        Prerequisites.Need("node", "npm");
        proxies.Alice.When("/user/alice/talkative", Talk);
        foreach (var (front, api) in Both)
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(front) { Scheme = "ws", Path = "/user/alice/talkative" }.Uri, default);
            var before = await LaterThanNowAsync(api, "/user/alice");
            var buffer = new byte[100];
            for (var i = 0; i < 10; i++)
            {
                await socket.ReceiveAsync(buffer, default);
            }

            await CountsAsync(false, api, "/user/alice", before);
            await socket.SendAsync("x"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
            await CountsAsync(true, api, "/user/alice", before);
        }

        static async Task Talk(HttpContext context)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            while (socket.State == WebSocketState.Open && !context.RequestAborted.IsCancellationRequested)
            {
                await socket.SendAsync("tick"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
                await Task.Delay(5, context.RequestAborted);
            }
        }
    }

    [SkippableFact]
    public async Task An_upload_counts_while_it_goes_on_whatever_comes_of_it()
    {
        Prerequisites.Need("node", "npm");
        proxies.EnvOne.When("/user/alice/env-one/refuses", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = 403;
        });
        foreach (var (front, api) in Both)
        {
            var before = await LaterThanNowAsync(api, "/user/alice/env-one");
            using var browser = new Browser(front);
            using var content = new StringContent("some bytes");
            using var answer = await browser.SendAsync(HttpMethod.Post, "/user/alice/env-one/refuses", content);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            await CountsAsync(true, api, "/user/alice/env-one", before);
        }
    }

    [Fact]
    public async Task Every_interval_the_hub_takes_over_what_the_routes_saw_unless_more_was_reported()
    {
        const string token = "ada-server-token-0123456789abcdef";
        await using var ada = await StubIde.StartAsync();
        await using var hub = await RunningHub.StartAsync(
            ("Users:ada", "pw"), ("Users:root", "pw"), ("Admins", "root"), ("LastActivityInterval", "0.3"),
            ("Servers:0:User", "ada"), ("Servers:0:Url", ada.Url.ToString()), ("Servers:0:ApiToken", token));
        using var admin = await hub.SignedInAsync("root");
        await Eventually.Is(async () => (await ActivityAsync()).Server is not null, "the server is ready");

        var before = DateTimeOffset.UtcNow;
        using (await hub.NewBrowser().GetAsync("/user/ada/x"))
        {
            await Eventually.Is(async () => await ActivityAsync() is var seen && seen.User >= before && seen.Server >= before, "user and server were active when the route was");
        }

        // What the server itself reports is later than anything the route will see.
        var reported = DateTimeOffset.UtcNow.AddMinutes(30);
        var body = new JsonObject { ["servers"] = new JsonObject { [""] = new JsonObject { ["last_activity"] = reported.ToString("O", CultureInfo.InvariantCulture) } } };
        using (var report = await new Browser(hub.Api).SendAsync(HttpMethod.Post, "/hub/api/users/ada/activity", new StringContent(body.ToJsonString()), ("Authorization", "token " + token)))
        {
            Assert.Equal(HttpStatusCode.OK, report.StatusCode);
        }

        var between = DateTimeOffset.UtcNow;
        using (await hub.NewBrowser().GetAsync("/user/ada/y"))
        {
            await Eventually.Is(async () => (await ActivityAsync()).User >= between, "the user was active again");
        }

        var after = await ActivityAsync();
        Assert.InRange((after.Server!.Value - reported).Duration(), TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.True(after.User < reported);

        async Task<(DateTimeOffset? User, DateTimeOffset? Server)> ActivityAsync()
        {
            using var answer = await admin.GetAsync("/hub/api/users/ada");
            var model = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            return (Moment(model["last_activity"]), Moment(model["servers"]?[""]?["last_activity"]));
        }

        static DateTimeOffset? Moment(JsonNode? text) => text is null ? null : DateTimeOffset.Parse(text.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task What_was_seen_is_known_after_a_restart()
    {
        const string token = "ada-server-token-0123456789abcdef";
        using var data = new TempDirectory();
        await using var ada = await StubIde.StartAsync();
        await using var hub = await HubCalls.StartAsync(
            ("Database", Path.Combine(data.Path, "hub.db")), ("Users:ada", "pw"), ("LastActivityInterval", "0.3"),
            ("Servers:0:User", "ada"), ("Servers:0:Url", ada.Url.ToString()), ("Servers:0:ApiToken", token));
        await Eventually.Is(async () => (await ModelAsync())["server"] is not null, "the server is ready");
        Assert.Equal(200, (await hub.CallAsync("GET", "user", token: token)).Status);
        var before = DateTimeOffset.UtcNow;
        using (await hub.NewBrowser().GetAsync("/user/ada/x"))
        {
            await Eventually.Is(async () => Moment(await ModelAsync()) >= before && Moment((await ModelAsync())["servers"]![""]!) >= before, "user and server were active when the route was");
        }

        var model = (await ModelAsync()).ToJsonString();
        var tokens = (await hub.CallAsync("GET", "users/ada/tokens")).Body;
        hub.Process.Signal("TERM"); // Killed, it would lose the last second.
        await hub.Process.WaitForExit();
        hub.Change(("LastActivityInterval", "300"));
        await hub.StartAgainAsync();
        await Eventually.Is(async () => (await ModelAsync())["server"] is not null, "the server is ready");

        Assert.Equal(model, (await ModelAsync()).ToJsonString());
        Assert.Equal(tokens, (await hub.CallAsync("GET", "users/ada/tokens")).Body);

        async Task<JsonNode> ModelAsync() => (await hub.CallAsync("GET", "users/ada")).Json;
        static DateTimeOffset Moment(JsonNode model) => DateTimeOffset.Parse(model["last_activity"]!.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    private IEnumerable<(Uri Front, int Api)> Both => [(proxies.Hub.Front, proxies.OurApiPort), (proxies.Real.Front, proxies.Real.ApiPort)];

    /// <summary>The route's last activity, once the clock has left its millisecond.</summary>
    private static async Task<DateTimeOffset> LaterThanNowAsync(int api, string route)
    {
        var last = await LastAsync(api, route);
        await Eventually.Is(() => DateTimeOffset.UtcNow - last > TimeSpan.FromMilliseconds(5), "time passes");
        return last;
    }

    private static async Task CountsAsync(bool counts, int api, string route, DateTimeOffset before)
    {
        if (counts)
        {
            await Eventually.Is(async () => await LastAsync(api, route) > before, "it counts");
        }
        else
        {
            Assert.Equal(before, await LastAsync(api, route));
        }
    }

    private static async Task<DateTimeOffset> LastAsync(int api, string route) =>
        DateTimeOffset.Parse(JsonNode.Parse((await RealProxy.CallAsync(api, "GET", "/api/routes" + route)).Body)!["last_activity"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
