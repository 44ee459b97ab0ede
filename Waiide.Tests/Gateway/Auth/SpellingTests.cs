using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>One prefix, spelled in two ways: by VS Code, or by a proxy that decodes paths, as nginx does where its proxy_pass ends with a slash.</summary>
public class SpellingTests
{
    private const string Prefix = "/user/ada%40x.org/";

    [Fact]
    public async Task Behind_a_proxy_that_decodes_paths_people_sign_in_and_work()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync("ada@x.org", prefix: Prefix));
        using var browser = gateway.Browser("ada@x.org");
        var target = Prefix + "page";
        for (var hop = 0; hop < 6; hop++)
        {
            using var answer = await DecodedAsync(browser, target, "navigate", "document");
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            target = answer.Headers.Location!.OriginalString;
        }

        Assert.Equal(Prefix + "page", target);
        using var data = await DecodedAsync(browser, Prefix + "x", "cors", "empty");
        Assert.Equal(HttpStatusCode.OK, data.StatusCode);
    }

    [Fact]
    public async Task What_a_page_asks_for_there_without_a_session_is_refused_and_not_sent_in_circles()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync("ada@x.org", prefix: Prefix));
        using var browser = gateway.Browser();
        using var first = await DecodedAsync(browser, Prefix + "x", "cors", "empty");
        Assert.Equal((HttpStatusCode.Redirect, Prefix + "x"), (first.StatusCode, first.Headers.Location!.OriginalString));
        using var second = await DecodedAsync(browser, Prefix + "x", "cors", "empty");
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
    }

    [Fact]
    public async Task What_VS_Code_spells_in_its_own_way_is_sent_to_where_its_cookie_is()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync("ada@x.org", prefix: Prefix));
        using var browser = gateway.Browser("ada@x.org");
        await browser.FollowAsync(Prefix);
        for (var i = 0; i < 3; i++)
        {
            using var asset = await browser.FetchAsync("/user/ada@x.org/asset.js");
            Assert.Equal(Prefix + "asset.js", asset.Headers.Location!.OriginalString);
            using var there = await browser.FetchAsync(Prefix + "asset.js");
            Assert.Equal(HttpStatusCode.OK, there.StatusCode);
        }
    }

    // The browser's cookies are those of the address that it shows.
    private static Task<HttpResponseMessage> DecodedAsync(Browser browser, string target, string mode, string destination)
    {
        var path = target.Split('?')[0];
        return browser.SendAsync(
            HttpMethod.Get, target.Replace(path, path.Replace("%40", "@", StringComparison.Ordinal), StringComparison.Ordinal), null,
            ("Cookie", browser.CookiesFor(target)), ("Accept", mode == "navigate" ? "text/html" : "*/*"), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination), ("Sec-Fetch-Site", "same-origin"));
    }
}
