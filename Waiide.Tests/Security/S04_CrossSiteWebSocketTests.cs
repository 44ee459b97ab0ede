using System.Net;
using Microsoft.AspNetCore.Http;
using Waiide.Gateway.Auth;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S4: a WebSocket that another site opens with the browser's cookie is refused before anything is dialed.</summary>
[Collection(nameof(Gateways))]
public class S04_CrossSiteWebSocketTests(Gateways gateways)
{
    public static TheoryData<string> ForeignOrigins() =>
    [
        "http://evil.example.org", "null", "http://127.0.0.1", "http://127.0.0.1:1", "http://{host}.evil.com", "http://evil{host}", "http://{host}/", "http://{host}/x", "http://x@{host}", "http://{host}@evil.com",
        "{host}", "", "file://{host}", "ws://{host}", "http://{host}, http://{host}", "http://{host} http://{host}", "http://localhost:{port}", "http://[::1]:{port}", "http://127.1:{port}", "http://2130706433:{port}",
        "http://{host}?", "http://{host}#", "http:{host}", "//{host}", "javascript:http://{host}", "http://evil.example.org\thttp://{host}",
    ];

    [Theory]
    [MemberData(nameof(ForeignOrigins))]
    public async Task A_WebSocket_from_another_origin_is_refused(string origin)
    {
        using var browser = await gateways.SignedInAsync();
        var target = origin.Replace("{host}", gateways.Ada.Authority, StringComparison.Ordinal).Replace("{port}", $"{gateways.Ada.Port}", StringComparison.Ordinal);
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            foreach (var path in new[] { "ws", "proxy/3000/ws", "absproxy/3000/ws", "proxy/8071/ws" })
            {
                Assert.Equal(403, await RawHttp.StatusAsync(gateways.Ada.Port, UpgradeOf(browser, path, $"Origin: {target}\r\n")));
            }
        });
    }

    [Fact]
    public async Task A_WebSocket_with_two_origins_or_none_is_refused_and_with_ours_it_opens()
    {
        using var browser = await gateways.SignedInAsync();
        var ours = $"Origin: http://{gateways.Ada.Authority}\r\n";
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            Assert.Equal(403, await RawHttp.StatusAsync(gateways.Ada.Port, UpgradeOf(browser, "ws", "")));
            Assert.Equal(403, await RawHttp.StatusAsync(gateways.Ada.Port, UpgradeOf(browser, "ws", ours + ours)));
            Assert.Equal(403, await RawHttp.StatusAsync(gateways.Ada.Port, UpgradeOf(browser, "ws", ours + "Origin: http://evil.example.org\r\n")));
        });
        Assert.Equal(101, await RawHttp.StatusAsync(gateways.Ada.Port, UpgradeOf(browser, "ws", ours)));
    }

    [Fact]
    public async Task The_scheme_counts_where_it_is_known()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_PUBLIC_URL", "https://hub.example.org/user/ada/"));
        using var browser = gateway.Browser("ada");
        var (page, _) = await browser.FollowAsync("/user/ada/");
        page.Dispose();
        foreach (var (origin, status) in new[] { ("http://hub.example.org", 403), ("https://hub.example.org:8443", 403), ("https://hub.example.org", 101), ("https://hub.example.org:443", 101) })
        {
            Assert.Equal(status, await RawHttp.StatusAsync(gateway.Port, UpgradeOf(browser, "ws", $"Origin: {origin}\r\n", "hub.example.org")));
        }
    }

    [Fact]
    public async Task A_token_in_the_header_needs_no_origin()
    {
        using var browser = gateways.Ada.Browser();
        var (socket, _) = await browser.ConnectAsync("/user/ada/x", ("Authorization", "token " + gateways.Hub.TokenOf("ada")));
        Assert.NotNull(socket);
        socket.Dispose();
    }

    [Fact]
    public async Task A_link_on_another_site_may_lead_here()
    {
        using var browser = await gateways.SignedInAsync();
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
    [InlineData("http://[::1]:8070", "[::1]:8070", "http", true)]
    public void An_origin_is_ours_when_host_and_port_are_the_hosts_and_the_scheme_if_it_is_known(string origin, string host, string? scheme, bool ours) =>
        Assert.Equal(ours, CrossSite.IsOurs(origin, new HostString(host), scheme));

    private string UpgradeOf(Browser browser, string path, string origin, string? host = null) =>
        $"GET /user/ada/{path} HTTP/1.1\r\nHost: {host ?? gateways.Ada.Authority}\r\nCookie: {browser.CookiesFor("/user/ada/")}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{origin}\r\n";
}
