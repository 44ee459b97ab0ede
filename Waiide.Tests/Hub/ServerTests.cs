using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>What the hub knows of servers: whether they are there, and when they were used.</summary>
[Collection(HubTests.Name)]
public sealed class ServerTests(HubFixture hub)
{
    [Fact]
    public async Task A_server_is_asked_anonymously_at_its_api_path_and_ready_once_it_answers()
    {
        var asked = hub.Weird.Requests.First(request => request.Target == "/user/we%2Bird@ex.org/s-%C3%A9/api");
        Assert.Equal("GET", asked.Method);
        Assert.False(asked.Headers.ContainsKey("Authorization"));
        Assert.False(asked.Headers.ContainsKey("Cookie"));
        Assert.False(asked.Headers.ContainsKey("X-Forwarded-For"));

        using var browser = await hub.SignedInAsync("alice");
        var model = await ModelAsync(browser, "alice");
        Assert.True(model["servers"]!["env-one"]!["ready"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_not_ready_and_the_hub_is_healthy_all_the_same()
    {
        using var browser = await hub.SignedInAsync("ivan");
        var server = (await ModelAsync(browser, "ivan", "?include_stopped_servers"))["servers"]![""]!;
        Assert.False(server["ready"]!.GetValue<bool>());
        using var api = new Browser(hub.Api);
        using var health = await api.GetAsync("/hub/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task A_server_that_goes_away_is_pending_again_and_the_hub_says_so()
    {
        var stub = await StubIde.StartAsync();
        var (process, front) = await StartAsync(stub);
        await using var running = process;
        using var browser = new Browser(front);
        using var signedIn = await browser.SignInAsync("ada", "pw", "/jhub/hub/login");
        Assert.Equal("/jhub/user/ada/", signedIn.Headers.Location!.OriginalString);
        using var loop = await browser.GetAsync("/jhub/hub/user/ada/lab?x=1&redirects=1");
        Assert.Equal("/jhub/user/ada/lab?x=1&redirects=2", loop.Headers.Location!.OriginalString);
        using var stuck = await browser.GetAsync("/jhub/hub/user/ada/lab?redirects=2"); // Sooner than after four, for the stub is no single-user server of the hub's version.
        Assert.Equal(HttpStatusCode.InternalServerError, stuck.StatusCode);

        await stub.DisposeAsync();
        await process.WaitForOutput("The server at /jhub/user/ada/ is Spawning.");

        using var lead = await browser.GetAsync("/jhub/hub/user/ada/lab");
        Assert.Equal(HttpStatusCode.SeeOther, lead.StatusCode);
        Assert.Equal("/jhub/hub/spawn-pending/ada?next=%2Fjhub%2Fhub%2Fuser%2Fada%2Flab", lead.Headers.Location!.OriginalString);
        using var pending = await browser.GetAsync("/jhub/hub/spawn-pending/ada");
        Assert.Equal(HttpStatusCode.OK, pending.StatusCode);
        using var home = await browser.GetAsync("/jhub/hub/home");
        Assert.Contains(">starting<", await home.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hub_stops_at_once_though_a_WebSocket_is_open()
    {
        await using var stub = await StubIde.StartAsync();
        var (process, front) = await StartAsync(stub);
        await using var running = process;
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{front.Authority}/jhub/user/ada/socket"), default);

        process.Signal("TERM");

        Assert.Equal(0, await process.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Reports_of_activity_only_move_the_clock_forward()
    {
        using var browser = await hub.SignedInAsync("alice");
        var latest = DateTime.UtcNow.AddMinutes(40).ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

        foreach (var moment in new[] { latest, "2001-01-01T00:00:00Z" })
        {
            using var api = new Browser(hub.Api);
            using var report = new StringContent($$$$"""{"servers": {"env-one": {"last_activity": "{{{{moment}}}}"}}}""", Encoding.UTF8, "application/json");
            using var answer = await api.SendAsync(HttpMethod.Post, "/hub/api/users/alice/activity", report, ("Authorization", $"Bearer {HubFixture.AliceToken}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(latest, (await ModelAsync(browser, "alice"))["servers"]!["env-one"]!["last_activity"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_report_with_one_mistake_records_nothing()
    {
        using var browser = await hub.SignedInAsync("alice");
        using var api = new Browser(hub.Api);
        var before = (await ModelAsync(browser, "alice"))["servers"]![""]!["last_activity"]!.GetValue<string>();
        using var report = new StringContent("""{"servers": {"": {"last_activity": "2030-01-01T00:00:00Z"}, "ghost": {"last_activity": "2020-01-01T00:00:00Z"}}}""");
        using var answer = await api.SendAsync(HttpMethod.Post, "/hub/api/users/alice/activity", report, ("Authorization", $"token {HubFixture.AliceToken}"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before, (await ModelAsync(browser, "alice"))["servers"]![""]!["last_activity"]!.GetValue<string>());
    }

    /// <summary>A hub of its own at another base URL, with one user and one server.</summary>
    private static async Task<(ChildProcess Process, Uri Front)> StartAsync(StubIde stub)
    {
        var (front, api) = (Ports.Free(), Ports.Free());
        var process = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", new Dictionary<string, string>
        {
            ["Hub__FrontPort"] = front.ToString(CultureInfo.InvariantCulture),
            ["Hub__ApiPort"] = api.ToString(CultureInfo.InvariantCulture),
            ["Hub__Database"] = ":memory:",
            ["Hub__BaseUrl"] = "/jhub",
            ["Hub__Users__ada"] = "pw",
            ["Hub__Servers__0__User"] = "ada",
            ["Hub__Servers__0__Url"] = stub.Url.ToString(),
            ["Hub__Servers__0__ApiToken"] = "ada-server-token-0123456789abcdef",
        });
        await process.WaitForOutput("Sign in at");
        await process.WaitForOutput("The server at /jhub/user/ada/ is Ready.");
        return (process, new Uri($"http://127.0.0.1:{front}"));
    }

    private static async Task<JsonNode> ModelAsync(Browser browser, string user, string query = "")
    {
        using var answer = await browser.GetAsync($"/hub/api/users/{user}{query}");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
