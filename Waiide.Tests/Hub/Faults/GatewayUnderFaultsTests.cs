using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Waiide.Tests.Support;
using static Waiide.Tests.Hub.Faults.GatewayCalls;

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
        await hub.BeginAsync("cut", new { paths = "/hub/api/user" });
        using (var answer = await AskAsNewAsync(hub, person))
        {
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable });
        }

        await hub.EndAsync("cut");
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
}
