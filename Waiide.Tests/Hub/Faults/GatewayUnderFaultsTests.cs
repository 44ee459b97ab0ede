using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub.Faults;

/// <summary>The real gateway under a hub that misbehaves: who is known goes on, who must be asked about is told so in time, and what the hub takes back is over.</summary>
public sealed class GatewayUnderFaultsTests
{
    private static readonly TimeSpan AMinute = TimeSpan.FromSeconds(60);

    // One wait for all of them: the gateway believes the hub's last answer for 45 s.
    [Fact]
    public async Task What_the_hub_takes_back_closes_WebSockets_with_1008_within_a_minute_and_leaves_the_others()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var revoked = await OpenAsync(hub);
        using var expired = await OpenAsync(hub);
        using var stays = await OpenAsync(hub);
        using var guest = await OpenAsync(new Uri(hub.Hub.Front, "/user/ada/socket"), token: (await hub.NewTokenAsync("root")).Token);
        var tokens = await hub.OAuthTokensAsync("ada");
        Assert.Equal(3, tokens.Length);

        await hub.BeginAsync("token-revoked", new { id = tokens[0] });
        await hub.BeginAsync("token-expired", new { id = tokens[1] });
        await hub.BeginAsync("scope-withdrawn", new { scope = "access:servers", user = "root" });

        var closed = await Task.WhenAll(revoked.CloseCode(AMinute), expired.CloseCode(AMinute), guest.CloseCode(AMinute));
        Assert.Equal([WebSocketCloseStatus.PolicyViolation, WebSocketCloseStatus.PolicyViolation, WebSocketCloseStatus.PolicyViolation], closed.Select(code => code ?? WebSocketCloseStatus.Empty));
        Assert.Equal(["Your login is no longer valid.", "Your login is no longer valid.", "Your access was withdrawn."], new[] { revoked, expired, guest }.Select(socket => socket.CloseStatusDescription));
        Assert.Equal("still here", await stays.Echo("still here"));
    }

    [Theory]
    [InlineData("error", "status", 500, HttpStatusCode.BadGateway)]
    [InlineData("unreachable", "duration", 120, HttpStatusCode.ServiceUnavailable)]
    public async Task While_the_hub_fails_who_is_remembered_goes_on_and_others_hear_so(string fault, string key, int value, HttpStatusCode expected)
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        using var socket = await OpenAsync(hub, person);

        // The gateway's own way to the hub; browsers still reach the front.
        await hub.BeginAsync(fault, new Dictionary<string, object> { [key] = value, ["at"] = "api" });
        await Eventually.Is(async () => await AskAsNewAsync(hub, person) is { StatusCode: not HttpStatusCode.OK }, "the fault begins");

        using (var page = await person.Http.GetAsync("/user/ada/page"))
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        Assert.Equal("still here", await socket.Echo("still here"));
        using (var answer = await AskAsNewAsync(hub, person))
        {
            Assert.Equal((expected, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Contains("The hub does not answer", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var alive = await person.Http.GetAsync(new Uri(hub.Gateway.Url, "/health")))
        {
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        await hub.EndAsync();
        await Eventually.Is(async () => (await AskAsNewAsync(hub, person)).StatusCode == HttpStatusCode.OK, "the hub is back, and nothing of the failure is remembered");
        Assert.Equal("still here", await socket.Echo("still here"));
    }

    [Theory]
    [InlineData("delay", 60)]
    [InlineData("rate", 1)]
    public async Task A_slow_hub_is_waited_for_ten_seconds_and_no_longer(string how, int value)
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync("slow", new Dictionary<string, object> { [how] = value, ["paths"] = "/hub/api/user" });

        var began = Stopwatch.StartNew();
        using var answer = await AskAsNewAsync(hub, person);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(began.Elapsed, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(20));
        using var known = await person.Http.GetAsync("/user/ada/page");
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Fact]
    public async Task An_answer_of_the_hub_that_is_cut_is_no_answer()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync("cut", new { paths = "/hub/api/user", count = 1 });
        using (var answer = await AskAsNewAsync(hub, person))
        {
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable });
        }

        using var next = await AskAsNewAsync(hub, person);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_login_that_the_hub_fails_in_ends_with_a_page_that_offers_another()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync("error", new { paths = "/hub/api/oauth2/token", count = 1 });
        foreach (Cookie cookie in person.Cookies.GetCookies(new Uri(hub.Hub.Front, "/user/ada/")))
        {
            cookie.Expired |= cookie.Name.StartsWith("jupyterhub-user-ada", StringComparison.Ordinal);
        }

        using (var failed = await person.Http.GetAsync("/user/ada/"))
        {
            Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
            Assert.Contains("Sign in again", await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var again = await person.Http.GetAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("error", "status", 500)]
    [InlineData("activity-lost", "status", 503)]
    [InlineData("unreachable", "duration", 120)]
    [InlineData("clock-skew", "seconds", -7200)]
    public async Task Activity_that_the_hub_did_not_take_is_told_again(string fault, string key, int value)
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync(fault, new Dictionary<string, object> { [key] = value }.Concat(fault is "error" or "unreachable" ? [new("at", "api")] : []).ToDictionary());
        using var page = await person.Http.GetAsync("/user/ada/page");
        await hub.Gateway.Process.WaitForOutput("The last activity could not be reported");
        var used = DateTimeOffset.UtcNow;

        await hub.EndAsync();

        using var later = await person.Http.GetAsync("/user/ada/page");
        await Eventually.Is(
            async () => await hub.LastActivityAsync() is { } time && DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture) >= used, "the hub hears of it", TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Activity_that_the_hub_forgets_is_told_with_the_next_use()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync("activity-lost", new { user = "ada" });
        await Eventually.Is(async () =>
        {
            using var page = await person.Http.GetAsync("/user/ada/page");
            return (int)(await hub.ApiAsync("/faults/activity-lost")).Body!["strikes"]! > 0;
        }, "a report is taken and forgotten");
        var before = await hub.LastActivityAsync();

        await hub.EndAsync();

        await Eventually.Is(async () =>
        {
            using var page = await person.Http.GetAsync("/user/ada/page");
            return await hub.LastActivityAsync() != before;
        }, "the next report is kept");
    }

    [Fact]
    public async Task A_hub_that_restarts_leaves_sessions_and_the_gateway_alone()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        using var direct = await OpenAsync(hub, person, past: true);

        await hub.BeginAsync("restart", new { away = 2 });
        await Eventually.Is(async () => await AnswersAsync(hub.Hub.Front) is null, "the hub is away");
        Assert.Equal("still here", await direct.Echo("still here"));
        await Eventually.Is(async () => await AnswersAsync(hub.Hub.Front) is not null, "the hub is back");

        using var page = await person.Http.GetAsync("/user/ada/page");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("still here", await direct.Echo("still here"));
        await Eventually.Is(() => hub.Hub.Process.Output.Split("/user/ada/ is Ready.").Length == 3, "the hub finds its server again");
    }

    [Fact]
    public async Task A_hub_that_comes_back_without_memory_leads_through_its_login_again()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync("restart", new { away = 0, process = true });
        await Eventually.Is(() => hub.Hub.Process.Output.Split("/user/ada/ is Ready.").Length == 3, "the hub begins anew and finds its server");

        using var answer = await AskAsNewAsync(hub, person);
        Assert.Equal("/hub/api/oauth2/authorize", new Uri(hub.Hub.Front, answer.Headers.Location!).AbsolutePath);
        using var again = await hub.SignedInAsync("ada");
    }

    [Fact]
    public async Task A_lost_route_is_the_fronts_affair_and_comes_back()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        var before = hub.Gateway.Ide.Forwarded.Count();
        await hub.BeginAsync("route-lost", new { server = "ada/" });
        await Eventually.Is(async () => (await hub.ApiAsync("/proxy")).Body!["/user/ada/"] is null, "the route is gone");
        using (var past = await PastTheFrontAsync(hub, person, "/user/ada/page"))
        {
            Assert.Equal(HttpStatusCode.OK, past.StatusCode);
        }

        Assert.Equal(before + 1, hub.Gateway.Ide.Forwarded.Count());
        await hub.EndAsync();
        await Eventually.Is(async () => (await person.Http.GetAsync("/user/ada/page")).StatusCode == HttpStatusCode.OK, "the route is back");
    }

    [Fact]
    public async Task A_hub_of_an_unknown_version_is_named_in_the_log_and_served_all_the_same()
    {
        await using var hub = await FaultyHub.WithGatewayAsync(("Faults:version:Version", "99.1"));
        using var person = await hub.SignedInAsync("ada");
        await hub.Gateway.Process.WaitForOutput("the hub is 99.1");
    }

    // Each in a session of its own.
    private static async Task<ClientWebSocket> OpenAsync(FaultyHub hub)
    {
        using var person = await hub.SignedInAsync("ada");
        return await OpenAsync(hub, person);
    }

    private static Task<ClientWebSocket> OpenAsync(FaultyHub hub, HttpPerson person, bool past = false) =>
        OpenAsync(new Uri(past ? hub.Gateway.Url : hub.Hub.Front, "/user/ada/socket"), person.Cookies);

    private static async Task<ClientWebSocket> OpenAsync(Uri url, CookieContainer? cookies = null, string? token = null)
    {
        var (socket, status) = await WebSockets.OpenAsync(url, cookies, token);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        return socket!;
    }

    // As the same person, but in a hub's session that the gateway has not asked about: it has to ask now. Past the front, which may be away itself.
    private static Task<HttpResponseMessage> AskAsNewAsync(FaultyHub hub, HttpPerson person) =>
        PastTheFrontAsync(hub, person, "/user/ada/page", "; jupyterhub-session-id=" + Guid.NewGuid().ToString("N"));

    private static async Task<HttpResponseMessage> PastTheFrontAsync(FaultyHub hub, HttpPerson person, string path, string? session = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Gateway.Url, path));
        var cookies = person.Cookies.GetCookieHeader(new Uri(hub.Hub.Front, path)).Split("; ").Where(cookie => session is null || !cookie.StartsWith("jupyterhub-session-id=", StringComparison.Ordinal));
        request.Headers.Add("Cookie", string.Join("; ", cookies) + session);
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        request.Headers.Add("Sec-Fetch-Dest", "document");
        return await client.SendAsync(request);
    }

    private static async Task<HttpStatusCode?> AnswersAsync(Uri front)
    {
        using var client = new HttpClient();
        try
        {
            using var answer = await client.GetAsync(new Uri(front, "/hub/api/"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
