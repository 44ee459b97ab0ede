using System.Web;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S8: after a login nobody is sent to another site, and where to is kept where nobody can edit it.</summary>
[Collection(nameof(Gateways))]
public class S08_OpenRedirectTests(Gateways gateways)
{
    public static TheoryData<string> Elsewhere() =>
    [
        "//evil.example.org", "///evil.example.org", "/\\evil.example.org", "\\/evil.example.org", "\\\\evil.example.org", "https:evil.example.org", "https:/evil.example.org", "https://evil.example.org/", "/%2f%2fevil.example.org",
        "/%2fevil.example.org", "/%5cevil.example.org", "/%5c%5cevil.example.org", "/x\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie: a=b", "/x%0aLocation: //evil", "/x%00", "@evil.example.org", "http://user@evil.example.org",
        "javascript:alert(1)", "data:text/html,x", "\t//evil.example.org", "/\t/evil.example.org", "/x/..//evil.example.org", "/%2e%2e//evil.example.org", ".evil.example.org", "evil", " ", "",
    ];

    [Theory]
    [MemberData(nameof(Elsewhere))]
    public async Task With_a_token_the_way_on_is_a_path_of_this_server(string next)
    {
        var gateway = gateways.In(Gateways.Standalone);
        using var browser = gateway.Browser();
        using var typed = await browser.SendAsync(
            HttpMethod.Post, "/login", new FormUrlEncodedContent([new("token", RunningGateway.Token), new("next", next)]), ("Accept", "text/html"), ("Origin", $"http://{gateway.Authority}"));
        using var linked = await browser.OpenAsync($"/login?token={RunningGateway.Token}&next={Uri.EscapeDataString(next)}");
        using var already = await browser.OpenAsync($"/login?next={Uri.EscapeDataString(next)}");
        Assert.Equal(["/", "/", "/"], new[] { typed, linked, already }.Select(answer => answer.Headers.Location!.OriginalString));
    }

    [Theory]
    [InlineData("//evil.example.org/x")]
    [InlineData("/\\evil.example.org")]
    [InlineData("//evil.example.org/%2e%2e")]
    [InlineData("///evil.example.org")]
    [InlineData("http://evil.example.org/x")]
    [InlineData("http://evil.example.org//x")]
    public async Task An_address_that_looks_like_another_host_is_not_where_a_login_leads(string target)
    {
        foreach (var mode in new[] { Gateways.Standalone, Gateways.UnderHub })
        {
            var head = await RawHttp.SendAsync(gateways.In(mode).Port, $"GET {target} HTTP/1.1\r\nHost: {gateways.In(mode).Authority}\r\nAccept: text/html\r\n\r\n");
            Assert.DoesNotContain("\r\nLocation: /login?next=", head, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("evil", head, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/user/ada?next=//evil.example.org", "/user/ada/?next=//evil.example.org")]
    [InlineData("/user/ada", "/user/ada/")]
    public async Task The_slash_that_is_added_to_the_prefix_leads_nowhere_else(string target, string location)
    {
        using var caller = new Caller(gateways.Ada);
        using var answer = await caller.AskAsync("GET", target);
        Assert.Equal(location, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Under_a_hub_the_page_to_come_back_to_is_neither_in_the_address_nor_readable_in_the_cookie_and_cannot_be_edited()
    {
        using var browser = gateways.Ada.Browser("ada");
        using var start = await browser.OpenAsync("/user/ada/secret-page?x=1");
        var hub = start.Headers.Location!.OriginalString;
        var (name, cookie) = Assert.Single(browser.Cookies, cookie => cookie.Key.Contains("-oauth-state-", StringComparison.Ordinal));
        Assert.DoesNotContain("secret-page", hub + cookie.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-page", System.Text.Encoding.Latin1.GetString(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(cookie.Value)), StringComparison.Ordinal);

        browser.Cookies[name] = (cookie.Value[..^4] + "AAAA", cookie.Path);
        using var authorized = await browser.OpenAsync(hub);
        using var back = await browser.OpenAsync(authorized.Headers.Location!.OriginalString);
        Assert.StartsWith("/hub/api/oauth2/authorize?", back.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.DoesNotContain("jupyterhub-user-ada", browser.Cookies.Keys);
    }

    [Theory]
    [InlineData("next")]
    [InlineData("redirect_uri")]
    [InlineData("state")]
    public async Task What_is_asked_for_in_the_query_does_not_change_where_the_hub_sends_back_to(string parameter)
    {
        using var browser = gateways.Ada.Browser("ada");
        using var start = await browser.OpenAsync($"/user/ada/x?{parameter}=https://evil.example.org/");
        var query = HttpUtility.ParseQueryString(start.Headers.Location!.OriginalString.Split('?')[1]);
        Assert.Equal("/user/ada/oauth_callback", query["redirect_uri"]);
        Assert.DoesNotContain("evil", start.Headers.Location.OriginalString, StringComparison.Ordinal);
    }
}
