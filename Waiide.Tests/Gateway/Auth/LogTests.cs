using System.Net;
using Waiide.Gateway.Auth;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>S16: what anybody may send fills no log, forges no line, and leaves no secret in one.</summary>
public class LogTests
{
    private const int LongestLine = 2000;

    [Fact]
    public async Task A_million_bogus_ways_back_would_leave_one_line()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        using var browser = gateway.Browser();
        var before = Lines(gateway).Length;
        for (var i = 0; i < 50; i++)
        {
            using var bogus = await browser.OpenAsync($"/user/ada/oauth_callback?code=bogus{i}&state=evil%0d%0astate{i}9");
            using var refused = await browser.OpenAsync($"/user/ada/oauth_callback?error=evil{i}");
            using var empty = await browser.OpenAsync("/user/ada/oauth_callback?state=x");
        }

        gateway.Hub!.Broken = 500;
        for (var i = 0; i < 20; i++)
        {
            using var start = await browser.OpenAsync("/user/ada/");
            var state = System.Web.HttpUtility.ParseQueryString(start.Headers.Location!.OriginalString.Split('?')[1])["state"];
            using var failed = await browser.OpenAsync($"/user/ada/oauth_callback?code=bogus&state={state}");
            Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        }

        await gateway.Process.WaitForOutput("A login failed");
        Assert.InRange(Lines(gateway).Length - before, 1, 6); // A line or two each, and the gateway's own retries to reach the hub.
        Assert.DoesNotContain("bogus", gateway.Process.Output, StringComparison.Ordinal);
        Assert.Single(Lines(gateway), line => line.Contains("A login failed", StringComparison.Ordinal));
        Assert.Single(Lines(gateway), line => line.Contains("does not send back the cookie", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Neither_long_nor_broken_texts_nor_secrets_reach_the_most_talkative_log()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("LOG_LEVEL", "TRACE"));
        var hub = gateway.Hub!;
        using var browser = gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/?token=tok-in-query&code=code-in-query");
        var token = hub.TokenOf("ada");
        foreach (var (target, headers) in new (string, (string, string)[])[]
        {
            ("/user/ada/x?code=code-in-query&state=state-in-query&token=tok-in-query&_xsrf=xsrf-in-query", []),
            ("/user/ada/x%0d%0aForged:%20line", [("User-Agent", new string('u', 20_000))]),
            ("/user/ada/" + new string('p', 20_000), []),
            ("/user/ada/x", [("Authorization", "token " + token)]),
            ("/user/ada/x", [("Authorization", "token wrong-but-secret")]),
            ("/user/ada/x", [("Cookie", "_xsrf=cookie-secret; jupyterhub-user-ada=garbage-secret")]),
            ("/user/ada/oauth_callback?code=code-in-query&state=state-in-query", []),
        })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, target, null, headers);
        }

        // A megabyte is refused before anybody reads it.
        Assert.Equal(414, await RawHttp.StatusAsync(gateway.Port, $"GET /user/ada/{new string('m', 1_000_000)} HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n"));

        // Names that no hub gives to anybody.
        foreach (var name in new[] { new string('n', 1_000_000), "ada\r\nForged: line", "" })
        {
            hub.Users[name] = ["access:servers"];
            using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Authorization", "token " + hub.TokenOf(name)), ("Cookie", ""));
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }

        var session = browser.Cookies["jupyterhub-user-ada"].Value;
        var log = gateway.Process.Output;
        Assert.All(Lines(gateway), line => Assert.InRange(line.Length, 0, LongestLine));
        Assert.DoesNotContain(Lines(gateway), line => line.StartsWith("Forged", StringComparison.Ordinal));
        Assert.All(
            ["tok-in-query", "code-in-query", "state-in-query", "xsrf-in-query", "cookie-secret", "garbage-secret", "wrong-but-secret", token, session, StubHub.ApiToken, "code=", "state="],
            secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }

    [Fact]
    public void A_state_is_taken_once_and_a_flood_of_them_is_forgotten_from_the_oldest_on()
    {
        var states = new UsedStates(TimeProvider.System);
        Assert.True(states.Take("first", TimeSpan.FromMinutes(10)));
        Assert.False(states.Take("first", TimeSpan.FromMinutes(10)));
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(states.Take("state " + i, TimeSpan.FromMinutes(10)));
        }

        Assert.False(states.Take("state 99999", TimeSpan.FromMinutes(10)));
        Assert.True(states.Take("first", TimeSpan.FromMinutes(10)));
    }

    private static string[] Lines(RunningGateway gateway) => gateway.Process.Output.Split('\n');
}
