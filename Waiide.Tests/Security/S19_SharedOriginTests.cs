using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S19: a dev server's page shares our origin, so nothing it can read there is worth stealing: no token is ever in an address, a page or a Referer.</summary>
[Collection(nameof(Gateways))]
public class S19_SharedOriginTests(Gateways gateways)
{
    [Theory]
    [InlineData("/proxy/3000/x?token={t}&a=1", "/proxy/3000/x?a=1")]
    [InlineData("/proxy/3000/?a=1&token={t}", "/proxy/3000/?a=1")]
    [InlineData("/absproxy/3000/x?tok%65n={t}", "/absproxy/3000/x")]
    [InlineData("/x?token={t}", "/x")]
    public async Task A_token_in_an_address_stays_here(string target, string seen)
    {
        var gateway = gateways.In(Gateways.Standalone);
        using var caller = new Caller(gateway);
        var before = gateway.Ide.Forwarded.Count();
        using var answer = await caller.AskAsync("GET", target.Replace("{t}", RunningGateway.Token, StringComparison.Ordinal), ("Authorization", "token " + RunningGateway.Token));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(seen, Assert.Single(gateway.Ide.Forwarded.Skip(before)).Target);
    }

    [Theory]
    [MemberData(nameof(Gateways.Modes), MemberType = typeof(Gateways))]
    public async Task A_token_in_an_address_is_no_credential(string mode)
    {
        var token = mode == Gateways.UnderHub ? gateways.Hub.TokenOf("ada") : RunningGateway.Token;
        using var caller = new Caller(gateways.In(mode));
        await Unheard.By(gateways.In(mode).Ide, async () =>
        {
            foreach (var path in new[] { "/x", "/proxy/3000/", "/api/health" })
            {
                using var answer = await caller.AskAsync("GET", $"{Gateways.PrefixOf(mode)}{path}?token={token}", ("Accept", "application/json"));
                using var upgrade = await caller.ConnectAsync($"{Gateways.PrefixOf(mode)}{path}?token={token}");
                Assert.Equal((401, 401), ((int)answer.StatusCode, (int)upgrade.StatusCode));
            }
        });
    }

    [Fact]
    public async Task The_login_by_link_leads_to_an_address_without_the_token_and_no_page_of_ours_repeats_it()
    {
        var gateway = gateways.In(Gateways.Standalone);
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync($"/login?token={RunningGateway.Token}&next=/proxy/3000/");
        Assert.Equal("/proxy/3000/", login.Headers.Location!.OriginalString);
        Assert.True(login.Headers.CacheControl!.NoStore);
        Assert.DoesNotContain(RunningGateway.Token, string.Join('\n', login.Headers.SelectMany(header => header.Value)), StringComparison.Ordinal);
        using var form = await browser.SendAsync(HttpMethod.Get, "/login", null, ("Accept", "text/html"));
        foreach (var path in new[] { "/login?token=wrong", "/api/status", "/api/none", "/proxy/x/", "/health" })
        {
            using var page = await browser.OpenAsync(path);
            Assert.DoesNotContain(RunningGateway.Token, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Signing_in_at_the_hub_shows_no_token_on_the_way()
    {
        using var browser = gateways.Ada.Browser("ada");
        for (var target = "/user/ada/proxy/3000/x"; target is not null;)
        {
            using var answer = await browser.OpenAsync(target);
            Assert.DoesNotContain(gateways.Hub.Tokens.Keys, token => string.Join('\n', answer.Headers.SelectMany(header => header.Value)).Contains(token, StringComparison.Ordinal));
            target = answer.Headers.Location?.OriginalString;
        }
    }
}
