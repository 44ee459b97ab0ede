using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S19: a dev server's page shares our origin, so nothing it can read there is worth stealing: no token is ever in an address, a page or a Referer.</summary>
[Collection(nameof(Gateways))]
public class S19_SharedOriginTests(Gateways gateways)
{
    [Theory]
    [InlineData("/proxy/3000/x?token={t}&a=1", "/proxy/3000/x?a=1")]
    [InlineData("/proxy/3000/?a=1&token={t}", "/proxy/3000/?a=1")]
    [InlineData("/absproxy/3000/x?tok%65n={t}", "/proxy/3000/absproxy/3000/x")] // The IDE server takes /proxy/3000 off; the dev server sees the whole path.
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_the_sandbox_a_dev_servers_page_has_an_origin_of_its_own_and_the_IDE_has_not(bool isOnItsMachine)
    {
        await using var server = await StubIde.StartAsync();
        var setting = ("WAIIDE_SANDBOX_PORTS", "1");
        await using var gateway = isOnItsMachine ? await RunningGateway.WithoutIdeAsync(await StubHub.StartAsync(), setting) : await RunningGateway.StartAsync(await StubHub.StartAsync(), setting);
        var (upstream, port) = isOnItsMachine ? (server, server.Url.Port) : (gateway.Ide, 3000);
        foreach (var status in new[] { 200, 302, 404, 500 })
        {
            upstream.When((isOnItsMachine ? "" : $"/proxy/{port}") + $"/{status}", context =>
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = "text/html";
                context.Response.Headers.Location = status == 302 ? "/200" : default(string);
                context.Response.Headers.ContentSecurityPolicy = "sandbox allow-scripts allow-same-origin"; // Two policies: what either forbids is forbidden.
                return context.Response.WriteAsync("<script>parent</script>");
            });
        }

        using var caller = new Caller(gateway);
        var token = ("Authorization", "token " + gateway.Hub!.TokenOf("ada"));
        foreach (var target in new[] { "/200", "/302", "/404", "/500" })
        {
            using var answer = await caller.AskAsync("GET", $"/user/ada/proxy/{port}{target}", token);
            var sandbox = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"), policy => policy.StartsWith("sandbox", StringComparison.Ordinal) && !policy.Contains("allow-same-origin", StringComparison.Ordinal));
            Assert.DoesNotContain("allow-top-navigation", sandbox, StringComparison.Ordinal);
        }

        if (!isOnItsMachine)
        {
            using var ide = await caller.AskAsync("GET", "/user/ada/x", token);
            Assert.DoesNotContain(ide.Headers.TryGetValues("Content-Security-Policy", out var policies) ? policies : [], policy => policy.Contains("sandbox", StringComparison.Ordinal));
        }

        // Such a page is of no origin; with the cookie alone it changes nothing, and opens no WebSocket.
        using var browser = gateway.Browser("ada");
        (await browser.FollowAsync("/user/ada/")).Answer.Dispose();
        var before = upstream.Forwarded.Count();
        (string, string)[] ofThePage = [("Cookie", browser.CookiesFor("/user/ada/")), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors")];
        foreach (var target in new[] { "x", $"proxy/{port}/x", "api/notices" })
        {
            using var read = await caller.AskAsync("GET", "/user/ada/" + target, ofThePage);
            using var change = await caller.AskAsync("POST", "/user/ada/" + target, ofThePage);
            using var socket = await caller.ConnectAsync("/user/ada/" + target, ofThePage);
            Assert.Equal((403, 403, 403), ((int)read.StatusCode, (int)change.StatusCode, (int)socket.StatusCode));
        }

        Assert.Equal(before, upstream.Forwarded.Count());
    }
}
