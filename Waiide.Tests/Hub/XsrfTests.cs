using System.Net;
using System.Text;

namespace Waiide.Tests.Hub;

/// <summary>Requests that a browser's cookies would let in, and which of them each version takes for forged.</summary>
[Collection(ProfileHubTests.Name)]
public sealed class XsrfTests(ProfileHubs hubs)
{
    private static readonly Dictionary<string, Func<Browser, string, Task<HttpResponseMessage>>> Requests = new()
    {
        ["GET"] = (browser, _) => browser.GetAsync("/hub/api/user"),
        ["GET from a page of the hub"] = (browser, origin) => browser.GetAsync("/hub/api/user", ("Referer", origin + "/hub/home")),
        ["GET from a page of a server"] = (browser, origin) => browser.GetAsync("/hub/api/user", ("Referer", origin + "/user/alice/tree")),
        ["GET from a page of another host"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Referer", "http://evil.example/hub/home")),
        ["GET from a page of another port"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Referer", "http://127.0.0.1:1/hub/home")),
        ["fetch"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-origin")),
        ["fetch with the token"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-origin"), Token(browser)),
        ["fetch with another token"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Sec-Fetch-Mode", "cors"), ("X-XSRFToken", "forged")),
        ["a picture of one's own"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Site", "same-origin")),
        ["fetch that says it wants no answer"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Site", "same-origin")),
        ["a picture on another site"] = (browser, _) => browser.GetAsync("/hub/api/user", ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Site", "cross-site")),
        ["POST"] = (browser, _) => Post(browser),
        ["POST from a page of the hub"] = (browser, origin) => Post(browser, ("Referer", origin + "/hub/token")),
        ["POST from a page of a server"] = (browser, origin) => Post(browser, ("Referer", origin + "/user/alice/tree")),
        ["POST with the token"] = (browser, _) => Post(browser, Token(browser)),
        ["POST with another token"] = (browser, _) => Post(browser, ("X-XSRFToken", "forged")),
        ["POST from another site that wants no answer"] = (browser, _) => Post(browser, ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Site", "cross-site")),
        ["a form from a page of the hub"] = (browser, origin) => browser.SendAsync(
            HttpMethod.Post, "/hub/api/users/alice/tokens", new FormUrlEncodedContent([]), ("Referer", origin + "/hub/token")),
    };

    public static TheoryData<string, string, bool> Matrix => ProfileHubs.Table(
        ("GET", false, true, true, true),
        ("GET from a page of the hub", true, true, true, true),
        ("GET from a page of a server", false, true, true, true),
        ("GET from a page of another host", false, true, true, true),
        ("GET from a page of another port", false, true, true, true),
        ("fetch", false, false, false, false),
        ("fetch with the token", false, true, true, true),
        ("fetch with another token", false, false, false, false),
        ("fetch that says it wants no answer", false, false, false, false),
        ("a picture of one's own", false, true, true, true),
        ("a picture on another site", false, true, false, false),
        ("POST", false, false, false, false),
        ("POST from a page of the hub", true, false, false, false),
        ("POST from a page of a server", false, false, false, false),
        ("POST with the token", false, true, true, true),
        ("POST with another token", false, false, false, false),
        ("POST from another site that wants no answer", false, false, false, false),
        ("a form from a page of the hub", false, false, false, false));

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task What_the_cookie_alone_opens(string profile, string request, bool isTaken)
    {
        using var browser = await hubs[profile].SignedInAsync("alice");
        using var answer = await Requests[request](browser, hubs[profile].Front.GetLeftPart(UriPartial.Authority));
        var expected = !isTaken ? HttpStatusCode.Forbidden : answer.RequestMessage!.Method == HttpMethod.Post ? HttpStatusCode.Created : HttpStatusCode.OK;
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task Whoever_shows_a_token_needs_neither_cookie_nor_page(string profile)
    {
        using var program = new Browser(hubs[profile].Api);
        using var answer = await program.SendAsync(
            HttpMethod.Post, "/hub/api/users/alice/activity", new StringContent("""{"last_activity": "2020-01-01T00:00:00Z"}"""),
            ("Authorization", $"token {ProfileHubs.AliceToken}"), ("Sec-Fetch-Mode", "cors"), ("Origin", "http://elsewhere.example"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public static TheoryData<string, string, HttpStatusCode> Logins => ProfileHubs.Table(
        ("without the field", HttpStatusCode.Found, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ("with the field alone", HttpStatusCode.Found, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ("with both", HttpStatusCode.Found, HttpStatusCode.Found, HttpStatusCode.Found, HttpStatusCode.Found));

    [Theory]
    [MemberData(nameof(Logins))]
    public async Task The_login_form(string profile, string how, HttpStatusCode status)
    {
        using var browser = hubs[profile].NewBrowser();
        using var form = await browser.GetAsync("/hub/login");
        var token = browser.Cookie("_xsrf", "/hub/") ?? "";
        Assert.Equal(profile == "3.0", token.Length == 0);
        using var other = hubs[profile].NewBrowser();

        using var answer = how switch
        {
            "without the field" => await browser.PostFormAsync("/hub/login", ("username", "bob"), ("password", "pw")),
            "with the field alone" => await other.PostFormAsync("/hub/login", ("username", "bob"), ("password", "pw"), ("_xsrf", token)),
            _ => await browser.PostFormAsync("/hub/login", ("username", "bob"), ("password", "pw"), ("_xsrf", token)),
        };

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task The_cookies_are_those_of_the_version(string profile)
    {
        using var browser = hubs[profile].NewBrowser();
        using var page = await browser.GetAsync("/hub/login");
        string[] anonymous = ["_xsrf set max-age=3600 path=/hub/"];
        Assert.Equal(profile == "3.0" ? [] : anonymous, Cookies(page));

        using var signedIn = await browser.SignInAsync("bob", "pw");
        string[] both = ["jupyterhub-session-id set httponly path=/", "jupyterhub-hub-login set expires httponly path=/hub/"];
        Assert.Equal(profile == "3.0" ? both : [.. both, "_xsrf set path=/hub/"], Cookies(signedIn));

        using var signedOut = await browser.GetAsync("/hub/logout");
        Assert.Equal(
            ["jupyterhub-session-id cleared expires path=/", "jupyterhub-hub-login cleared expires path=/hub/", "jupyterhub-services cleared expires path=/services",
                profile == "3.0" ? "_xsrf cleared expires path=/" : "_xsrf cleared expires path=/hub/"],
            Cookies(signedOut));

        using var again = await browser.GetAsync("/hub/logout");
        Assert.Equal((HttpStatusCode.Found, "/hub/login"), (again.StatusCode, again.Headers.Location!.OriginalString));
        Assert.Empty(Cookies(again));
    }

    private static (string, string) Token(Browser browser) => ("X-XSRFToken", browser.Cookie("_xsrf", "/hub/") ?? "none");

    private static Task<HttpResponseMessage> Post(Browser browser, params (string, string)[] headers) =>
        browser.SendAsync(HttpMethod.Post, "/hub/api/users/alice/tokens", new StringContent("{}", Encoding.UTF8, "application/json"), headers);

    // jupyterhub-session-id=09386f…; HttpOnly; Path=/ becomes "jupyterhub-session-id set httponly path=/".
    private static string[] Cookies(HttpResponseMessage answer) => !answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? [] : [.. cookies.Select(cookie =>
    {
        var parts = cookie.Split("; ");
        var (name, value) = (parts[0].Split('=', 2)[0], parts[0].Split('=', 2)[1]);
        var attributes = parts.Skip(1).Select(part => part.ToLowerInvariant()).Select(part => part.StartsWith("expires=", StringComparison.Ordinal) ? "expires" : part).Order(StringComparer.Ordinal);
        return $"{name} {(value.Trim('"').Length == 0 ? "cleared" : "set")} {string.Join(' ', attributes)}";
    })];
}
