using System.Globalization;
using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>Who was let in a moment ago goes a shorter way; what ends that is told here, and by <see cref="RevocationTests"/> what the hub takes back.</summary>
public class KnownVisitorsTests(UnderAHub world) : IClassFixture<UnderAHub>
{
    [Fact]
    public async Task A_copy_of_a_known_cookie_opens_nothing_from_the_logout_on()
    {
        using var browser = await KnownAsync("ada");
        var copy = ("Cookie", browser.CookiesFor("/user/ada/x"));
        using var thief = world.Gateway.Browser();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(thief, copy));

        using var logout = await browser.OpenAsync("/user/ada/logout");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(thief, copy));
    }

    [Fact]
    public async Task Without_a_hub_too_a_copy_of_a_known_cookie_opens_nothing_from_the_logout_on()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        var copy = ("Cookie", browser.CookiesFor("/x"));
        using var thief = gateway.Browser();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(thief, "/x", copy));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(thief, "/x", copy));

        using var logout = await browser.OpenAsync("/logout");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(thief, "/x", copy));
    }

    [Fact]
    public async Task Logout_ends_one_session_of_somebody_and_leaves_the_other_one_known()
    {
        using var here = await KnownAsync("ada");
        using var elsewhere = await KnownAsync("ada");
        var copy = ("Cookie", here.CookiesFor("/user/ada/x"));

        using var logout = await here.OpenAsync("/user/ada/logout");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world.Gateway.Browser(), copy));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(elsewhere));
    }

    [Fact]
    public async Task People_who_ask_in_turns_are_each_taken_for_themselves()
    {
        using var ada = await KnownAsync("ada");
        using var carol = await KnownAsync("carol");
        using var bob = world.Gateway.Browser("bob");
        var (refused, _) = await bob.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal("ada", await WhoAsync(ada, $"/user/ada/turn/{turn}/ada"));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bob));
            Assert.Equal("carol", await WhoAsync(carol, $"/user/ada/turn/{turn}/carol"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world.Gateway.Browser()));
        }
    }

    // As front proxies do: one connection to the gateway for whoever comes.
    [Fact]
    public async Task People_who_share_a_connection_are_each_taken_for_themselves()
    {
        using var ada = await KnownAsync("ada");
        using var carol = await KnownAsync("carol");
        using var bob = world.Gateway.Browser("bob");
        await bob.FollowAsync("/user/ada/");
        var byToken = ("Authorization", "token " + world.Hub.TokenOf("carol"));
        using var connection = await KeptConnection.OpenAsync(world.Gateway.Port);

        Assert.Equal("ada", await WhoAsync(1, CookieOf(ada)));
        Assert.Equal("401", await WhoAsync(2));
        Assert.Equal("403", await WhoAsync(3, CookieOf(bob)));
        Assert.Equal("carol", await WhoAsync(4, CookieOf(carol)));
        Assert.Equal("401", await WhoAsync(5));
        Assert.Equal("carol", await WhoAsync(6, byToken));
        Assert.Equal("carol", await WhoAsync(7, CookieOf(ada), byToken));
        Assert.Equal("ada", await WhoAsync(8, CookieOf(ada)));
        Assert.Equal("ada", await WhoAsync(9, CookieOf(ada)));
        Assert.Equal(302, await connection.StatusAsync("/user/ada/logout", CookieOf(ada)));
        Assert.Equal("401", await WhoAsync(10, CookieOf(ada)));
        Assert.Equal("carol", await WhoAsync(11, CookieOf(carol)));

        async Task<string> WhoAsync(int number, params (string, string)[] headers)
        {
            var status = await connection.StatusAsync($"/user/ada/shared/{number}", [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-origin"), .. headers]);
            var forwarded = world.Ide.Requests.SingleOrDefault(request => request.Target == $"/shared/{number}");
            Assert.Equal(status == 200, forwarded is not null);
            return forwarded?.Headers["X-JupyterHub-User"] ?? status.ToString(CultureInfo.InvariantCulture);
        }

        static (string, string) CookieOf(Browser browser) => ("Cookie", browser.CookiesFor("/user/ada/shared"));
    }

    [Fact]
    public async Task A_cookie_that_is_nearly_a_known_one_is_nobodys()
    {
        using var browser = await KnownAsync("ada");
        var line = "jupyterhub-user-ada=" + browser.Cookies["jupyterhub-user-ada"].Value;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(world.Gateway.Browser(), ("Cookie", line)));
        var changed = line[..^5] + (line[^5] == 'A' ? 'B' : 'A') + line[^4..];

        foreach (var nearly in (string[])[changed, line[..^1], line + "A", line.ToUpperInvariant()])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world.Gateway.Browser(), ("Cookie", nearly)));
        }
    }

    [Fact]
    public async Task Who_shows_a_token_is_whose_token_it_is_whatever_cookie_comes_along()
    {
        using var browser = await KnownAsync("ada");

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(browser, ("Authorization", "token " + world.Hub.TokenOf("bob"))));
        Assert.Equal("carol", await WhoAsync(browser, "/user/ada/by-token", ("Authorization", "token " + world.Hub.TokenOf("carol"))));
    }

    [Fact]
    public async Task What_another_site_makes_a_known_browser_send_is_refused()
    {
        using var browser = await KnownAsync("ada");

        using var change = await browser.SendAsync(HttpMethod.Post, "/user/ada/x", new StringContent("x"), ("Origin", "https://elsewhere.example.org"));
        using var unsaid = await browser.SendAsync(HttpMethod.Post, "/user/ada/x", new StringContent("x"));
        var (_, socket) = await browser.ConnectAsync("/user/ada/x", ("Origin", "https://elsewhere.example.org"));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (change.StatusCode, unsaid.StatusCode, socket));
    }

    /// <summary>A browser that was let in, and has come again since.</summary>
    private async Task<Browser> KnownAsync(string user)
    {
        var browser = world.Gateway.Browser(user);
        await browser.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        return browser;
    }

    private static Task<HttpStatusCode> StatusAsync(Browser browser, params (string, string)[] headers) => StatusAsync(browser, "/user/ada/x", headers);

    private static async Task<HttpStatusCode> StatusAsync(Browser browser, string target, params (string, string)[] headers)
    {
        using var answer = await browser.SendAsync(HttpMethod.Get, target, null, [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-origin"), .. headers]);
        return answer.StatusCode;
    }

    private async Task<string> WhoAsync(Browser browser, string target, params (string, string)[] headers)
    {
        using var answer = await browser.SendAsync(HttpMethod.Get, target, null, headers);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Assert.Single(world.Ide.Requests, request => request.Target == target["/user/ada".Length..]).Headers["X-JupyterHub-User"];
    }
}
