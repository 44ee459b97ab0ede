using Microsoft.AspNetCore.Http;
using Waiide.Gateway.Auth;

namespace Waiide.Tests.Security;

/// <summary>S5: an origin that begins, ends or matches like ours is not ours; it is compared as a whole and never as a pattern.</summary>
[Collection(nameof(Gateways))]
public class S05_LooseOriginTests(Gateways gateways)
{
    private const string Host = "hub.example.org";

    public static TheoryData<string> LookAlikes() =>
    [
        "https://hub.example.org.evil.com", "https://evilhub.example.org", "https://hub.example.orgevil.com", "https://evil.com/hub.example.org", "https://evil.com?hub.example.org", "https://evil.com#hub.example.org",
        "https://hub.example.org@evil.com", "https://hub.example.org:x@evil.com", "https://evil.com\\.hub.example.org", "https://hub.example.org\\.evil.com", "https://hubXexample.org", "https://hub.example.org.", "https://hub.example.org..",
        "https://.hub.example.org", "https://x.hub.example.org", "https://example.org", "https://hub", "https://*.example.org", "https://*", "*", "https://hub.example.org%00.evil.com", "https://hub.example.org%2eevil.com",
        "https://hub.example.org%0d%0a", "https://hub.example.org:443:443", "https://hub.example.org:0443", "https://hub.example.org:", "https://hub.example.org:80", "https://hub%2eexample%2eorg", "https://hub.example.org,https://evil.com",
        "https://hub.ex\u00e4mple.org", "https://xn--hub-example-org.evil.com", "https://hub.example.org evil", "https://", "https:///hub.example.org", "https:hub.example.org", "HTTPS//hub.example.org",
    ];

    [Theory]
    [MemberData(nameof(LookAlikes))]
    public async Task A_look_alike_of_our_origin_is_another_site(string origin)
    {
        using var browser = await gateways.SignedInAsync();
        using var caller = new Caller(gateways.Ada);
        (string, string)[] headers = [("Host", Host), ("Cookie", browser.CookiesFor("/user/ada/")), ("Origin", origin)];
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            using var upgrade = await caller.ConnectAsync("/user/ada/ws", headers);
            using var change = await caller.SendAsync("POST", "/user/ada/x", new StringContent("x"), headers);
            Assert.Equal((403, 403), ((int)upgrade.StatusCode, (int)change.StatusCode));
        });
        Assert.False(CrossSite.IsOurs(origin, new HostString(Host), null));
    }

    [Theory]
    [InlineData("https://hub.example.org")]
    [InlineData("https://hub.example.org:443")]
    [InlineData("https://HUB.example.org")]
    [InlineData("http://hub.example.org")]
    public async Task Ours_is_ours(string origin)
    {
        using var browser = await gateways.SignedInAsync();
        using var caller = new Caller(gateways.Ada);
        using var upgrade = await caller.ConnectAsync("/user/ada/ws", ("Host", Host), ("Cookie", browser.CookiesFor("/user/ada/")), ("Origin", origin));
        Assert.Equal(101, (int)upgrade.StatusCode);
    }
}
