using System.Net;

namespace Waiide.Tests.Hub;

/// <summary>The login page, what it lets in and where it leads.</summary>
[Collection(HubTests.Name)]
public sealed class LoginTests(HubFixture hub)
{
    [Theory]
    [InlineData("//evil.example")]
    [InlineData("///evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\/evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("https://127.0.0.1@evil.example/")]
    [InlineData("/%2f%2fevil.example")]
    [InlineData("/%2Fevil.example")]
    [InlineData("/%5cevil.example")]
    [InlineData("/hub\\..\\..\\evil.example")]
    [InlineData("/hub/\r\nSet-Cookie: a=b")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example")]
    [InlineData("")]
    public async Task The_login_never_leads_to_another_host(string next)
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.SignInAsync("erin", "pw", "/hub/login?next=" + Uri.EscapeDataString(next));
        Assert.Equal("/hub/spawn", answer.Headers.Location!.OriginalString);

        // Nor does the page for those who are signed in already.
        using var page = await browser.GetAsync("/hub/login?next=" + Uri.EscapeDataString(next));
        Assert.Equal("/hub/spawn", page.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/hub/user/erin/?x=https%3A%2F%2Felsewhere.example", "/hub/user/erin/?x=https%3A%2F%2Felsewhere.example")]
    [InlineData("/hub/token?a=//b#top", "/hub/token?a=//b#top")]
    [InlineData("/user/erin/lab/tree/a%20b?x=//y#top", "/hub/user/erin/lab/tree/a%20b?x=//y#top")]
    [InlineData("{origin}/hub/token", "/hub/token")]
    public async Task The_login_leads_back_to_where_the_browser_wanted_to_go(string next, string expected)
    {
        using var browser = hub.NewBrowser();
        var wanted = next.Replace("{origin}", hub.Front.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        using var answer = await browser.SignInAsync("erin", "pw", "/hub/login?next=" + Uri.EscapeDataString(wanted));
        Assert.Equal(expected, answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("{origin}//evil.example")]
    [InlineData("{origin}.evil.example/")]
    [InlineData("{origin}@evil.example/")]
    [InlineData("{origin}/%2fevil.example")]
    public async Task An_address_that_only_begins_like_the_hubs_leads_nowhere_else(string next)
    {
        using var browser = hub.NewBrowser();
        var wanted = next.Replace("{origin}", hub.Front.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        using var answer = await browser.SignInAsync("erin", "pw", "/hub/login?next=" + Uri.EscapeDataString(wanted));
        Assert.Equal("/hub/spawn", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_login_leads_to_ones_own_server_where_that_is_ready()
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.SignInAsync("Dave", "pw");
        Assert.Equal("/user/dave/", answer.Headers.Location!.OriginalString);
        using var root = await browser.GetAsync("/hub/");
        Assert.Equal("/user/dave/", root.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_form_token_of_another_browser_does_not_sign_in()
    {
        using var attacker = await hub.SignedInAsync("erin");
        using var victim = hub.NewBrowser();
        victim.SetCookie("_xsrf", attacker.Cookie("_xsrf", "/hub/")!, "/hub/");

        using var answer = await victim.PostFormAsync("/hub/login", ("_xsrf", attacker.Cookie("_xsrf", "/hub/")!), ("username", "erin"), ("password", "pw"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(victim.Cookie("jupyterhub-hub-login", "/hub/"));
    }

    [Fact]
    public async Task A_cookie_of_the_same_name_from_elsewhere_does_not_get_in_the_way()
    {
        using var browser = hub.NewBrowser();
        browser.SetCookie("_xsrf", "2|99c66003|f03d9c3fd5d31104f2d486f63fc5998c|1795307613", "/");
        browser.SetCookie("jupyterhub-hub-login", "tossed", "/");
        using var answer = await browser.SignInAsync("erin", "pw");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        using var home = await browser.GetAsync("/hub/home");
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-Proto", "https", true)]
    [InlineData("X-Forwarded-Proto", "https, http", true)]
    [InlineData("X-Forwarded-Proto", "http, https", false)]
    [InlineData("X-Scheme", "https", true)]
    [InlineData("Forwarded", "for=192.0.2.1;proto=https, for=10.0.0.1;proto=http", true)]
    public async Task Behind_https_the_cookies_stay_on_https(string header, string value, bool areSecure)
    {
        using var browser = await hub.SignedInAsync("erin");
        using var page = await browser.GetAsync("/hub/logout", (header, value));
        Assert.Equal(4, page.Headers.GetValues("Set-Cookie").Count());
        Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.Equal(areSecure, cookie.Contains("; secure", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_login_that_the_hub_does_not_know_is_taken_from_the_browser()
    {
        using var browser = hub.NewBrowser();
        browser.SetCookie("jupyterhub-hub-login", new string('a', 64), "/hub/");
        using var answer = await browser.GetAsync("/hub/home");
        Assert.StartsWith("/hub/login", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(browser.Cookie("jupyterhub-hub-login", "/hub/"));
    }

    [Fact]
    public async Task A_session_id_that_was_there_before_the_login_is_not_the_sessions()
    {
        using var browser = hub.NewBrowser();
        browser.SetCookie("jupyterhub-session-id", "chosen-by-somebody-else", "/");
        using var answer = await browser.SignInAsync("erin", "pw");
        Assert.NotEqual("chosen-by-somebody-else", browser.Cookie("jupyterhub-session-id", "/"));
    }

    [Theory]
    [InlineData("no-cors", "cross-site")]
    [InlineData("no-cors", "same-site")]
    [InlineData("cors", "same-origin")]
    public async Task A_picture_on_another_page_does_not_sign_anybody_out(string mode, string site)
    {
        using var browser = await hub.SignedInAsync("erin");
        using var answer = await browser.GetAsync("/hub/logout", ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Site", site));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using var home = await browser.GetAsync("/hub/home");
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
    }

    [Theory]
    [InlineData("navigate", "same-origin")]
    [InlineData("no-cors", "same-origin")]
    [InlineData("no-cors", "cross-site")]
    [InlineData("same-origin", "none")]
    [InlineData("websocket", "same-origin")]
    public async Task What_changes_something_needs_the_token_whatever_the_browser_says_of_itself(string mode, string site)
    {
        using var browser = await hub.SignedInAsync("erin");
        using var answer = await browser.SendAsync(HttpMethod.Post, "/hub/api/users/erin/tokens", content: null, ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Site", site));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Guessing_passwords_gets_slower_and_the_right_one_waits_too()
    {
        using var browser = hub.NewBrowser();
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await browser.SignInAsync("bob", "guess");
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var answer = await browser.SignInAsync("bob", "pw");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Contains("Too many attempts.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_in_ends_the_session_that_was_there_before()
    {
        using var over = hub.NewBrowser();
        using var other = await hub.SignedInAsync("erin");
        var cookie = other.Cookie("jupyterhub-hub-login", "/hub/")!;
        using var signedIn = await other.PostFormAsync("/hub/login", ("_xsrf", other.Cookie("_xsrf", "/hub/")!), ("username", "erin"), ("password", "pw"));
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        Assert.NotEqual(cookie, other.Cookie("jupyterhub-hub-login", "/hub/"));
        over.SetCookie("jupyterhub-hub-login", cookie, "/hub/");
        using var home = await over.GetAsync("/hub/home");
        Assert.Equal(HttpStatusCode.Found, home.StatusCode);
    }

    [Fact]
    public async Task Of_two_logins_in_one_browser_none_counts()
    {
        using var victim = await hub.SignedInAsync("erin");
        using var attacker = await hub.SignedInAsync("hank");
        victim.SetCookie("jupyterhub-hub-login", attacker.Cookie("jupyterhub-hub-login", "/hub/")!, "/hub/home");
        using var home = await victim.GetAsync("/hub/home");
        Assert.StartsWith("/hub/login", home.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_tokens_on_a_page_leaves_none_in_the_browsers_cache()
    {
        using var browser = await hub.SignedInAsync("erin");
        using var page = await browser.GetAsync("/hub/token");
        Assert.True(page.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task What_is_typed_into_the_form_comes_back_as_text_and_only_a_known_name_goes_into_the_log()
    {
        const string name = "<script>alert(1)</script>";
        using var browser = hub.NewBrowser();

        using var answer = await browser.SignInAsync(name, "secret-0123456789");
        Assert.DoesNotContain("<script>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var flood = await browser.SignInAsync($"x\nwarn: forged{new string('y', 100_000)}", "secret-0123456789");
        using var slipped = await browser.SignInAsync("hunter2-slipped", "secret-0123456789");
        using var known = await browser.SignInAsync("Ivan", "secret-0123456789");
        await hub.Process.WaitForOutput("Somebody failed to sign in as ivan.");

        Assert.Contains("Somebody failed to sign in as somebody unknown.", hub.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-0123456789", hub.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-slipped", hub.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warn: forged", hub.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_load_nothing_run_nothing_and_fit_in_no_frame()
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.GetAsync("/hub/login");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }
}
