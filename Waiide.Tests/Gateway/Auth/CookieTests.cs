using System.Net;
using Microsoft.Extensions.Configuration;
using Waiide.Gateway;
using Waiide.Gateway.Auth;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>S7: what the cookies look like on the wire, and who decides it.</summary>
public class CookieTests
{
    private static readonly (string, string?)[] Hub =
    [
        ("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/"), ("JUPYTERHUB_API_URL", "http://hub:8081/hub/api"), ("JUPYTERHUB_API_TOKEN", "0a650dcd"),
        ("JUPYTERHUB_CLIENT_ID", "jupyterhub-user-ada"), ("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[\"access:servers!server=ada/\"]"),
    ];

    [Theory]
    [InlineData(null, null, null, false, false, "Path=/p/; HttpOnly; SameSite=Lax")]
    [InlineData(null, null, null, true, false, "Path=/p/; HttpOnly; SameSite=Lax; Secure")]
    [InlineData(null, false, null, true, false, "Path=/p/; HttpOnly; SameSite=Lax")]
    [InlineData(null, true, null, false, false, "Path=/p/; HttpOnly; SameSite=Lax; Secure")]
    [InlineData("Strict", null, "example.org", false, false, "Path=/p/; HttpOnly; SameSite=Strict; Domain=example.org")]
    [InlineData("None", true, null, false, false, "Path=/p/; HttpOnly; SameSite=None; Secure")]
    [InlineData(null, null, null, false, true, "Path=/p/; HttpOnly; SameSite=Lax")]
    [InlineData(null, null, null, true, true, "Path=/p/; HttpOnly; SameSite=None; Secure; Partitioned")]
    [InlineData(null, false, null, true, true, "Path=/p/; HttpOnly; SameSite=Lax")]
    [InlineData("Lax", null, null, true, true, "Path=/p/; HttpOnly; SameSite=Lax; Secure")]
    public void The_attributes_follow_the_scheme_the_administrator_and_the_frames(string? sameSite, bool? secure, string? domain, bool isHttps, bool isFramed, string expected) =>
        Assert.Equal(expected, Cookies.Attributes(new CookieSettings(sameSite, secure, domain), "/p/", isHttps, isFramed, forTheWayBack: false));

    [Fact]
    public void A_cookie_of_the_Host_kind_has_no_domain_no_other_path_and_is_always_Secure() =>
        Assert.Equal("Path=/; HttpOnly; SameSite=Strict; Secure", Cookies.Attributes(new CookieSettings("Strict", false, "example.org"), null, isHttps: false, isFramed: false, forTheWayBack: false));

    [Fact]
    public void The_way_back_from_the_hub_is_never_Strict() =>
        Assert.Equal("Path=/p/; HttpOnly; SameSite=Lax", Cookies.Attributes(new CookieSettings("Strict"), "/p/", isHttps: false, isFramed: false, forTheWayBack: true));

    [Theory]
    [InlineData("{}", null, null, null, null)]
    [InlineData("{\"samesite\": \"Lax\", \"expires_days\": 1}", "Lax", null, null, 1.0)]
    [InlineData("{\"samesite\": \"strict\", \"secure\": false}", "Strict", false, null, null)]
    [InlineData("{\"SameSite\": \"None\", \"samesite\": \"none\", \"secure\": true, \"domain\": \".example.org\", \"expires_days\": 0.5}", "None", true, ".example.org", 0.5)]
    [InlineData("{\"samesite\": null, \"secure\": null}", null, null, null, null)]
    public void What_the_administrator_has_said_is_read(string text, string? sameSite, bool? secure, string? domain, double? days) =>
        Assert.Equal(new CookieSettings(sameSite, secure, domain, days is { } number ? TimeSpan.FromDays(number) : null), Read(("JUPYTERHUB_COOKIE_OPTIONS", text)).Cookies);

    [Theory]
    [InlineData("Lax", "JSON object")]
    [InlineData("[\"Lax\"]", "JSON object")]
    [InlineData("{\"samesite\": \"Lax\"", "JSON object")]
    [InlineData("{\"samesite\": \"lenient\"}", "\"Lax\", \"Strict\" or \"None\"")]
    [InlineData("{\"samesite\": true}", "\"Lax\", \"Strict\" or \"None\"")]
    [InlineData("{\"samesite\": \"None\"}", "\"secure\": true")]
    [InlineData("{\"samesite\": \"None\", \"secure\": false}", "\"secure\": true")]
    [InlineData("{\"secure\": \"true\"}", "true or false")]
    [InlineData("{\"domain\": \"example.org; Path=/\"}", "the name of a domain")]
    [InlineData("{\"domain\": \"\"}", "the name of a domain")]
    [InlineData("{\"expires_days\": 0}", "a number of days")]
    [InlineData("{\"expires_days\": 1e99}", "a number of days")]
    [InlineData("{\"expires_days\": \"1\"}", "a number of days")]
    public void A_mistake_is_said_with_the_choices(string text, string fix)
    {
        var mistake = Assert.Throws<CannotStartException>(() => Read(("JUPYTERHUB_COOKIE_OPTIONS", text)));
        Assert.Contains("JUPYTERHUB_COOKIE_OPTIONS", mistake.Message, StringComparison.Ordinal);
        Assert.Contains(fix, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"httponly\": false}", "\"httponly\"")]
    [InlineData("{\"path\": \"/\"}", "\"path\"")]
    public void What_is_not_for_these_cookies_is_ignored_with_a_word(string text, string named)
    {
        var options = Read(("JUPYTERHUB_COOKIE_OPTIONS", text));
        Assert.Equal(new CookieSettings(), options.Cookies);
        Assert.Contains(options.Warnings, warning => warning.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void SameSite_None_needs_no_second_word_where_the_hub_is_known_to_be_on_https() =>
        Assert.Equal("None", Read(("JUPYTERHUB_COOKIE_OPTIONS", "{\"samesite\": \"None\"}"), ("JUPYTERHUB_PUBLIC_URL", "https://hub.example.org/user/ada/")).Cookies.SameSite);

    [Fact]
    public async Task The_hubs_options_are_on_the_cookies_that_are_set_and_on_those_that_are_cleared()
    {
        await using var gateway = await RunningGateway.StartAsync(
            await StubHub.StartAsync(), ("JUPYTERHUB_COOKIE_OPTIONS", "{\"samesite\": \"Strict\", \"secure\": true, \"domain\": \"hub.example.org\", \"expires_days\": 1, \"httponly\": false}"));
        await gateway.Process.WaitForOutput("\"httponly\"");
        using var browser = gateway.Browser("ada");
        using var start = await browser.OpenAsync("/user/ada/x");
        Assert.EndsWith("; Max-Age=600; Path=/user/ada/; HttpOnly; SameSite=Lax; Domain=hub.example.org; Secure", Assert.Single(start.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        using var authorized = await browser.OpenAsync(start.Headers.Location!.OriginalString);
        using var back = await browser.OpenAsync(authorized.Headers.Location!.OriginalString);

        var session = Assert.Single(back.Headers.GetValues("Set-Cookie"), line => line.StartsWith("jupyterhub-user-ada=", StringComparison.Ordinal));
        Assert.EndsWith("; Max-Age=86400; Path=/user/ada/; HttpOnly; SameSite=Strict; Domain=hub.example.org; Secure", session, StringComparison.Ordinal);

        // A redirect would still belong to the way back, without the Strict cookie.
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        Assert.Contains("href=\"/user/ada/x\"", await back.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var logout = await browser.OpenAsync("/user/ada/logout");
        Assert.Contains(logout.Headers.GetValues("Set-Cookie"), line =>
            line.StartsWith("jupyterhub-user-ada=; Max-Age=0;", StringComparison.Ordinal) && line.EndsWith("; Path=/user/ada/; HttpOnly; SameSite=Strict; Domain=hub.example.org; Secure", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("JUPYTERHUB_PUBLIC_URL", "https://hub.example.org/user/ada/", "Path=/user/ada/; HttpOnly; SameSite=Lax; Secure")]
    [InlineData("JUPYTERHUB_PUBLIC_URL", "http://hub.example.org/user/ada/", "Path=/user/ada/; HttpOnly; SameSite=Lax")]
    [InlineData("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "1", "Path=/; HttpOnly; SameSite=Lax; Secure")]
    public async Task What_is_known_of_the_public_address_is_on_the_cookies_when_they_are_set_and_cleared(string name, string value, string attributes)
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), (name, value));
        using var browser = gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        using var logout = await browser.OpenAsync("/user/ada/logout");
        Assert.All(logout.Headers.GetValues("Set-Cookie"), line => Assert.EndsWith("; " + attributes, line, StringComparison.Ordinal));
        Assert.DoesNotContain(browser.Cookies.Keys, cookie => cookie.EndsWith("jupyterhub-user-ada", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_a_frame_of_another_site_the_login_is_possible_over_https_and_its_cookie_is_kept_apart()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(
            ("WAIIDE_FRAME_ANCESTORS", "https://portal.example.org"), ("WAIIDE_TRUSTED_PROXIES", "127.0.0.1"));
        using var browser = gateway.Browser();
        (string, string)[] frame = [("X-Forwarded-Proto", "https"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Site", "cross-site"), ("Accept", "text/html")];
        using var start = await browser.SendAsync(HttpMethod.Get, "/x", null, frame);
        Assert.Equal("/login?next=%2Fx", start.Headers.Location!.OriginalString);

        using var login = await browser.SendAsync(HttpMethod.Get, "/login?next=%2Fx&token=" + RunningGateway.Token, null, frame);

        Assert.EndsWith("; Path=/; HttpOnly; SameSite=None; Secure; Partitioned", login.Headers.GetValues("Set-Cookie").First(), StringComparison.Ordinal);
        using var page = await browser.SendAsync(HttpMethod.Get, "/x", null, frame);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var forged = await browser.SendAsync(HttpMethod.Post, "/x", new StringContent("x"), ("Origin", "https://portal.example.org"), ("X-Forwarded-Proto", "https"));
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
    }

    [Fact]
    public async Task Where_the_hub_forbids_it_no_cookie_opens_a_WebSocket_and_a_token_does()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH", "0"));
        await gateway.Process.WaitForOutput("JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH is 0");
        using var browser = gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        using var page = await browser.FetchAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        var (_, byCookie) = await browser.ConnectAsync("/user/ada/x", ("Origin", $"http://{gateway.Authority}"));
        var (socket, byToken) = await browser.ConnectAsync("/user/ada/x", ("Origin", $"http://{gateway.Authority}"), ("Authorization", "token " + gateway.Hub!.TokenOf("ada")));

        Assert.Equal(HttpStatusCode.Unauthorized, byCookie);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, byToken);
        socket!.Dispose();
    }

    private static GatewayOptions Read(params (string Name, string? Value)[] variables) =>
        new GatewayOptionsReader(new ConfigurationBuilder().AddInMemoryCollection(Hub.Concat(variables).Append(("HOME", "/home/ada")).Select(variable => KeyValuePair.Create(variable.Item1, variable.Item2))).Build()).Read();
}
