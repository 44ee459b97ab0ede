using System.Net;

namespace Waiide.Tests.Security;

/// <summary>S17: a session that was ended is ended, here as at the hub; a copy of its cookie opens nothing.</summary>
[Collection(nameof(Gateways))]
public class S17_SessionAfterRevocationTests(Gateways gateways)
{
    [Fact]
    public async Task Logging_out_here_ends_the_session_for_every_copy_of_its_cookie()
    {
        using var browser = await gateways.SignedInAsync();
        var copy = browser.CookiesFor("/user/ada/");
        using var logout = await browser.OpenAsync("/user/ada/logout");
        Assert.Equal((401, 401), await StatusesAsync(copy));
    }

    [Fact]
    public async Task However_a_copy_is_written_it_opens_nothing_after_the_logout_and_no_WebSocket_that_would_outlive_it_before()
    {
        using var browser = await gateways.SignedInAsync();
        var session = browser.Cookies["jupyterhub-user-ada"].Value;
        var copies = S13_ForgedCookieTests.OtherSpellings(session).Append(session).Select(copy => "jupyterhub-user-ada=" + copy).ToArray();
        Assert.All(await Task.WhenAll(copies[..^1].Select(StatusesAsync)), statuses => Assert.Equal((401, 401), statuses));
        using var logout = await browser.OpenAsync("/user/ada/logout");
        Assert.All(await Task.WhenAll(copies.Select(StatusesAsync)), statuses => Assert.Equal((401, 401), statuses));
    }

    [Fact]
    public async Task Logging_out_at_the_hub_ends_it_when_the_hubs_session_is_another()
    {
        using var browser = gateways.Ada.Browser("ada");
        browser.Cookies["jupyterhub-session-id"] = ("0938aa", "/");
        var (page, _) = await browser.FollowAsync("/user/ada/");
        page.Dispose();
        using var warm = await browser.FetchAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.OK, warm.StatusCode);
        using var logout = await browser.OpenAsync("/hub/logout");
        browser.Cookies.Remove("jupyterhub-session-id");
        Assert.Equal((401, 401), await StatusesAsync(browser.CookiesFor("/user/ada/")));
    }

    [Fact]
    public async Task A_token_that_the_hub_has_revoked_is_refused_with_the_next_look()
    {
        var token = gateways.Hub.TokenOf("ada");
        using var caller = new Caller(gateways.Ada);
        using var before = await caller.AskAsync("GET", "/user/ada/x", ("Authorization", "token " + token));
        gateways.Hub.Tokens.TryRemove(token, out _);
        using var after = await caller.AskAsync("GET", "/user/ada/x", ("Authorization", "token " + token), ("Cookie", "jupyterhub-session-id=next"), ("Accept", "application/json"));
        Assert.Equal((200, 401), ((int)before.StatusCode, (int)after.StatusCode));
    }

    private async Task<(int Http, int WebSocket)> StatusesAsync(string cookies)
    {
        using var caller = new Caller(gateways.Ada);
        using var answer = await caller.AskAsync("GET", "/user/ada/x", ("Cookie", cookies), ("Accept", "application/json"));
        using var upgrade = await caller.ConnectAsync("/user/ada/x", ("Cookie", cookies), ("Origin", $"http://{gateways.Ada.Authority}"));
        return ((int)answer.StatusCode, (int)upgrade.StatusCode);
    }
}
