using System.Net;
using System.Web;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

public class HubLoginTests(UnderAHub world) : IClassFixture<UnderAHub>
{
    private const string Session = "jupyterhub-user-ada";

    [Fact]
    public async Task A_page_request_without_a_cookie_goes_to_the_hub()
    {
        using var browser = world.Gateway.Browser();
        using var answer = await browser.OpenAsync("/user/ada/folder?x=1");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var target = answer.Headers.Location!.OriginalString;
        Assert.StartsWith("/hub/api/oauth2/authorize?", target, StringComparison.Ordinal);
        Assert.Contains("redirect_uri=%2Fuser%2Fada%2Foauth_callback&", target, StringComparison.Ordinal);
        var query = HttpUtility.ParseQueryString(target.Split('?')[1]);
        Assert.Equal("jupyterhub-user-ada", query["client_id"]);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.DoesNotContain("folder", target, StringComparison.Ordinal);
        var (name, cookie) = Assert.Single(browser.Cookies);
        Assert.StartsWith(Session + "-oauth-state-", name, StringComparison.Ordinal);
        Assert.Equal("/user/ada/", cookie.Path);
        Assert.DoesNotContain("folder", cookie.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_in_leads_back_to_the_page_that_was_asked_for()
    {
        using var browser = world.Gateway.Browser("ada");
        var (answer, target) = await browser.FollowAsync("/user/ada/a%2Fb?folder=%2Fhome%2Fada");

        Assert.Equal("/user/ada/a%2Fb?folder=%2Fhome%2Fada", target);
        Assert.Equal("ide", Assert.Single(answer.Headers.GetValues("X-Stub")));
        Assert.Equal("/user/ada/", browser.Cookies[Session].Path);
        Assert.DoesNotContain(browser.Cookies.Keys, name => name.Contains("-oauth-state-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        using var browser = world.Gateway.Browser("ada");
        using var start = await browser.OpenAsync("/user/ada/");
        using var authorized = await browser.OpenAsync(start.Headers.Location!.OriginalString);
        using var back = await browser.OpenAsync(authorized.Headers.Location!.OriginalString);

        var cookie = Assert.Single(back.Headers.GetValues("Set-Cookie"), line => line.StartsWith(Session + "=", StringComparison.Ordinal));
        Assert.Contains("; Path=/user/ada/; HttpOnly; SameSite=Lax", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("Secure", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Hub.Tokens.Keys, token => cookie.Contains(token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_tabs_sign_in_side_by_side_in_either_order_and_each_comes_back_to_its_page(bool lastFirst)
    {
        using var browser = world.Gateway.Browser("ada");
        using var one = await browser.OpenAsync("/user/ada/one");
        using var two = await browser.OpenAsync("/user/ada/two");
        Assert.Equal(2, browser.Cookies.Keys.Count(name => name.Contains("-oauth-state-", StringComparison.Ordinal)));

        foreach (var (start, page) in lastFirst ? new[] { (two, "two"), (one, "one") } : [(one, "one"), (two, "two")])
        {
            var (answer, target) = await browser.FollowAsync(start.Headers.Location!.OriginalString);
            Assert.Equal((HttpStatusCode.OK, "/user/ada/" + page), (answer.StatusCode, target));
        }

        Assert.DoesNotContain(browser.Cookies.Keys, name => name.Contains("-oauth-state-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData('&', 1900, false)]
    [InlineData('&', 600, true)]
    public async Task However_the_page_is_called_the_cookie_of_the_login_fits_into_a_browser(char letter, int count, bool comesBack)
    {
        using var browser = world.Gateway.Browser("ada");
        var page = "/user/ada/x?" + new string(letter, count);
        using var start = await browser.OpenAsync(page);
        Assert.InRange(browser.Cookies.Single(cookie => cookie.Key.Contains("-oauth-state-", StringComparison.Ordinal)).Value.Value.Length, 100, 1500);

        var (_, target) = await browser.FollowAsync(start.Headers.Location!.OriginalString);

        Assert.Equal(comesBack ? page : "/user/ada/", target);
    }

    [Fact]
    public async Task Logins_that_were_never_finished_do_not_pile_up()
    {
        using var browser = world.Gateway.Browser();
        for (var i = 0; i < 12; i++)
        {
            using var start = await browser.OpenAsync("/user/ada/x?" + new string('a', 700));
            Assert.InRange(browser.CookiesFor("/user/ada/").Length, 1, 8000);
        }
    }

    [Fact]
    public async Task A_lifetime_that_no_date_can_hold_does_not_break_the_login()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        gateway.Hub!.TokenLifetime = long.MaxValue;
        var (answer, _) = await gateway.Browser("ada").FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("caf\u00e9")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task A_token_that_no_header_may_carry_is_the_hubs_failure_and_not_ours(string token)
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        gateway.Hub!.NextToken = token;
        using var browser = gateway.Browser("ada");

        var (answer, _) = await browser.FollowAsync("/user/ada/");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.DoesNotContain(Session, browser.Cookies.Keys);
        Assert.DoesNotContain("   at ", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_way_back_works_once_only()
    {
        using var browser = world.Gateway.Browser("ada");
        using var start = await browser.OpenAsync("/user/ada/page");
        using var authorized = await browser.OpenAsync(start.Headers.Location!.OriginalString);
        var callback = authorized.Headers.Location!.OriginalString;
        var before = browser.Cookies.ToDictionary();
        using var first = await browser.OpenAsync(callback);
        Assert.Equal("/user/ada/page", first.Headers.Location!.OriginalString);

        // Somebody with a copy of the cookies from before.
        using var thief = world.Gateway.Browser();
        foreach (var (name, cookie) in before)
        {
            thief.Cookies[name] = cookie;
        }

        using var second = await thief.OpenAsync(callback);
        Assert.StartsWith("/hub/api/oauth2/authorize?", second.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.DoesNotContain(Session, thief.Cookies.Keys);
    }

    [Fact]
    public async Task A_stale_way_back_does_not_bother_who_is_signed_in()
    {
        using var browser = world.Gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        using var answer = await browser.OpenAsync("/user/ada/oauth_callback?code=old&state=older0");
        Assert.Equal("/user/ada/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_state_of_somebody_else_is_not_accepted()
    {
        using var attacker = world.Gateway.Browser("bob");
        using var start = await attacker.OpenAsync("/user/ada/");
        using var authorized = await attacker.OpenAsync(start.Headers.Location!.OriginalString);

        using var victim = world.Gateway.Browser();
        using var answer = await victim.OpenAsync(authorized.Headers.Location!.OriginalString);

        Assert.DoesNotContain(Session, victim.Cookies.Keys);
        Assert.StartsWith("/hub/api/oauth2/authorize?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-oauth-state-")]
    [InlineData("jupyterhub-user-ada")]
    public async Task A_browser_that_does_not_keep_a_cookie_is_told_which(string refused)
    {
        using var browser = world.Gateway.Browser("ada");
        browser.Refuses = name => refused.StartsWith('-') ? name.Contains(refused, StringComparison.Ordinal) : name == refused;

        var (answer, _) = await browser.FollowAsync("/user/ada/");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("cookie jupyterhub-user-ada" + (refused.StartsWith('-') ? refused : " "), await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/user/ada/oauth_callback", HttpStatusCode.BadRequest)]
    [InlineData("/user/ada/oauth_callback?code=x", HttpStatusCode.BadRequest)]
    [InlineData("/user/ada/oauth_callback?error=access_denied%3Cscript%3E", HttpStatusCode.Forbidden)]
    public async Task A_way_back_without_a_login_is_a_page_that_says_so(string target, HttpStatusCode status)
    {
        using var browser = world.Gateway.Browser();
        using var answer = await browser.OpenAsync(target);
        Assert.Equal(status, answer.StatusCode);
        Assert.DoesNotContain("<script>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("access_denied", true)]
    [InlineData("Your account is locked. Call 555-0100", false)]
    public async Task Only_what_a_hub_can_say_is_shown_as_the_hubs_words(string error, bool isShown)
    {
        using var browser = world.Gateway.Browser();
        using var answer = await browser.OpenAsync("/user/ada/oauth_callback?error=" + Uri.EscapeDataString(error));
        Assert.Equal(isShown, (await answer.Content.ReadAsStringAsync()).Contains(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("token")]
    [InlineData("Bearer")]
    [InlineData("TOKEN")]
    public async Task A_token_in_the_header_opens_the_server(string kind)
    {
        using var browser = world.Gateway.Browser();
        using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Authorization", $"{kind} {world.Hub.TokenOf("ada")}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("Authorization", world.Ide.Forwarded.Last().Headers.Keys);
    }

    [Fact]
    public async Task A_token_is_asked_about_once_in_a_while_and_not_for_every_request()
    {
        using var browser = world.Gateway.Browser();
        var token = ("Authorization", "token " + world.Hub.TokenOf("ada"));
        using var first = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);
        var calls = world.Hub.UserCalls;
        for (var i = 0; i < 5; i++)
        {
            using var next = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);
            Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        }

        Assert.Equal(calls, world.Hub.UserCalls);
    }

    [Fact]
    public async Task Logout_ends_the_session_here_and_goes_on_to_the_hub()
    {
        using var browser = world.Gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        var copy = browser.CookiesFor("/user/ada/");

        using var logout = await browser.OpenAsync("/user/ada/logout");

        Assert.Equal("/hub/logout", logout.Headers.Location!.OriginalString);
        Assert.DoesNotContain(Session, browser.Cookies.Keys);
        using var thief = world.Gateway.Browser();
        using var replayed = await thief.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Cookie", copy), ("Sec-Fetch-Mode", "cors"));
        Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode);
    }

    [Fact]
    public async Task Without_the_hubs_session_cookie_the_hub_is_asked_again_at_once()
    {
        using var browser = world.Gateway.Browser("ada");
        browser.Cookies["jupyterhub-session-id"] = ("0938aa", "/");
        await browser.FollowAsync("/user/ada/");
        using var warm = await browser.FetchAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.OK, warm.StatusCode);

        using var logout = await browser.OpenAsync("/hub/logout"); // Another tab, at the hub: its tokens are gone, and the cookie with them.
        browser.Cookies.Remove("jupyterhub-session-id");

        using var after = await browser.FetchAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task The_hubs_errors_are_named_and_do_not_make_anybody_anonymous()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        using var browser = gateway.Browser();
        var token = ("Authorization", "token " + gateway.Hub!.TokenOf("ada"));

        gateway.Hub.Broken = 500;
        using var broken = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);
        Assert.Equal(HttpStatusCode.BadGateway, broken.StatusCode);
        using var poll = await browser.SendAsync(HttpMethod.Get, "/user/ada/api");
        Assert.Equal(HttpStatusCode.OK, poll.StatusCode);

        gateway.Hub.Broken = 200;
        using var mended = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);
        Assert.Equal(HttpStatusCode.OK, mended.StatusCode);

        await gateway.Hub.DisposeAsync();
        using var gone = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Authorization", "token another"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, gone.StatusCode);
        Assert.Contains("hub", await gone.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_survive_a_restart_of_the_gateway_and_no_secret_is_in_its_log()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("LOG_LEVEL", "DEBUG"));
        using var browser = gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        var log = gateway.Process.Output;
        await gateway.RestartAsync();

        using var answer = await browser.FetchAsync("/user/ada/x");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        log += gateway.Process.Output;
        Assert.DoesNotContain(StubHub.ApiToken, log, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Hub!.Tokens.Keys, token => log.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain("code=", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_user_and_an_odd_server_name_work_under_their_encoded_prefix()
    {
        const string prefix = "/user/we%2Bird@ex.org/s-%C3%A9/";
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync("we+ird@ex.org", "s-é", prefix));
        using var browser = gateway.Browser("we+ird@ex.org");

        var (answer, target) = await browser.FollowAsync(prefix + "x%2Fy");

        Assert.Equal(prefix + "x%2Fy", target);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/x%2Fy", gateway.Ide.Forwarded.Last().Target);
        Assert.Equal(prefix, browser.Cookies["jupyterhub-user-we%2Bird%40ex.org-s-%C3%A9"].Path);

        // As front proxies and browsers may spell it.
        var cookie = ("Cookie", browser.CookiesFor(prefix));
        foreach (var spelling in new[] { "/user/we%2bird@ex.org/s-%c3%a9/", "/user/we+ird%40ex.org/s-%C3%A9/" })
        {
            using var same = await browser.SendAsync(HttpMethod.Get, spelling + "z", null, cookie);
            Assert.Equal(HttpStatusCode.OK, same.StatusCode);
            Assert.Equal("/z", gateway.Ide.Forwarded.Last().Target);
        }

        using var shouted = await browser.SendAsync(HttpMethod.Get, "/USER/we%2Bird@ex.org/s-%C3%A9/z", null, cookie);
        Assert.Equal(HttpStatusCode.NotFound, shouted.StatusCode);
    }

    [Fact]
    public async Task Where_the_hub_wants_it_cookies_are_bound_to_their_host()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "1"));
        using var browser = gateway.Browser("ada");
        using var start = await browser.OpenAsync("/user/ada/");
        Assert.EndsWith("; Path=/; HttpOnly; SameSite=Lax; Secure", Assert.Single(start.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);

        var (answer, _) = await browser.FollowAsync(start.Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/", browser.Cookies["__Host-jupyterhub-user-ada"].Path);
        Assert.DoesNotContain("__Host-", gateway.Ide.Forwarded.Last().Headers.GetValueOrDefault("Cookie", ""), StringComparison.Ordinal);
    }
}
