using System.Net;
using Microsoft.AspNetCore.Http;
using Waiide.Gateway.Auth;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>S4, S5, S9: what another site makes a signed-in browser send is refused before anything is dialed.</summary>
public class CrossSiteTests(UnderAHub world) : IClassFixture<UnderAHub>
{
    public static TheoryData<string> ForeignOrigins() =>
    [
        "http://evil.example.org", "null", "http://127.0.0.1", "http://127.0.0.1:1", "http://{host}.evil.com", "http://evil{host}", "http://{host}/", "http://x@{host}",
        "{host}", "", "file://{host}", "http://{host}, http://{host}", "http://localhost:{port}",
    ];

    [Theory]
    [MemberData(nameof(ForeignOrigins))]
    public async Task A_WebSocket_from_another_origin_is_refused(string origin)
    {
        using var browser = await SignedInAsync();
        var before = world.Ide.Forwarded.Count();
        var target = origin.Replace("{host}", world.Gateway.Authority, StringComparison.Ordinal).Replace("{port}", world.Gateway.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

        var status = await RawHttp.StatusAsync(world.Gateway.Port, UpgradeOf(browser, $"Origin: {target}\r\n"));

        Assert.Equal(403, status);
        Assert.Equal(before, world.Ide.Forwarded.Count());
    }

    [Fact]
    public async Task A_WebSocket_with_two_origins_or_none_is_refused_and_with_ours_it_opens()
    {
        using var browser = await SignedInAsync();
        var ours = $"Origin: http://{world.Gateway.Authority}\r\n";
        Assert.Equal(403, await RawHttp.StatusAsync(world.Gateway.Port, UpgradeOf(browser, "")));
        Assert.Equal(403, await RawHttp.StatusAsync(world.Gateway.Port, UpgradeOf(browser, ours + ours)));
        Assert.Equal(101, await RawHttp.StatusAsync(world.Gateway.Port, UpgradeOf(browser, ours)));
    }

    [Fact]
    public async Task A_token_in_the_header_needs_no_origin()
    {
        using var browser = world.Gateway.Browser();
        var (socket, _) = await browser.ConnectAsync("/user/ada/x", ("Authorization", "token " + world.Hub.TokenOf("ada")));
        Assert.NotNull(socket);
        socket.Dispose();
    }

    [Theory]
    [InlineData("POST", null, null, 403)]
    [InlineData("POST", "ours", null, 200)]
    [InlineData("POST", "ours", "same-origin", 200)]
    [InlineData("POST", "ours", "cross-site", 403)]
    [InlineData("POST", "ours", "same-site", 403)]
    [InlineData("POST", "theirs", "same-origin", 403)]
    [InlineData("POST", "theirs", "none", 403)]
    [InlineData("DELETE", "theirs", null, 403)]
    [InlineData("PUT", "ours", null, 200)]
    [InlineData("GET", null, null, 200)]
    [InlineData("GET", null, "cross-site", 403)]
    [InlineData("GET", "theirs", "same-site", 403)]
    public async Task Changes_by_cookie_need_our_origin_and_fetch_metadata_only_refuses(string method, string? origin, string? site, int status)
    {
        using var browser = await SignedInAsync();
        foreach (var mode in new[] { null, "cors", "no-cors", "same-origin", "websocket" })
        {
            List<(string, string)> headers = [("Accept", "*/*")];
            if (origin is not null)
            {
                headers.Add(("Origin", origin == "ours" ? $"http://{world.Gateway.Authority}" : "https://evil.example.org"));
            }

            if (site is not null)
            {
                headers.Add(("Sec-Fetch-Site", site));
            }

            if (mode is not null)
            {
                headers.Add(("Sec-Fetch-Mode", mode));
            }

            using var answer = await browser.SendAsync(new HttpMethod(method), "/user/ada/x", method == "GET" ? null : new StringContent("x"), [.. headers]);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_link_on_another_site_may_lead_here()
    {
        using var browser = await SignedInAsync();
        using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://hub.example.org", "hub.example.org", "https", true)]
    [InlineData("https://hub.example.org", "hub.example.org:443", "https", true)]
    [InlineData("https://HUB.example.org", "hub.example.org", null, true)]
    [InlineData("http://hub.example.org", "hub.example.org", "https", false)]
    [InlineData("http://hub.example.org", "hub.example.org", null, true)]
    [InlineData("https://hub.example.org:8443", "hub.example.org", "https", false)]
    [InlineData("https://hub.example.org.evil.com", "hub.example.org", "https", false)]
    [InlineData("https://evilhub.example.org", "hub.example.org", "https", false)]
    [InlineData("https://hub.example.org\nx", "hub.example.org", "https", false)]
    [InlineData("http://[::1]:8070", "[::1]:8070", "http", true)]
    public void An_origin_is_ours_when_host_and_port_are_the_hosts_and_the_scheme_if_it_is_known(string origin, string host, string? scheme, bool ours) =>
        Assert.Equal(ours, CrossSite.IsOurs(origin, new HostString(host), scheme));

    private async Task<Browser> SignedInAsync()
    {
        var browser = world.Gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        return browser;
    }

    private string UpgradeOf(Browser browser, string origin) =>
        $"GET /user/ada/ws HTTP/1.1\r\nHost: {world.Gateway.Authority}\r\nCookie: {browser.CookiesFor("/user/ada/")}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{origin}\r\n";
}
