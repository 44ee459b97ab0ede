using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S7: our cookies are out of reach of scripts, other sites and other paths; a cookie that somebody else has put beside ours wins nothing.</summary>
[Collection(nameof(Gateways))]
public class S07_CookieScopeTests(Gateways gateways)
{
    [Theory]
    [InlineData("", "", "; Path=/user/ada/; HttpOnly; SameSite=Lax")]
    [InlineData("JUPYTERHUB_PUBLIC_URL", "https://hub.example.org/user/ada/", "; Path=/user/ada/; HttpOnly; SameSite=Lax; Secure")]
    [InlineData("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "1", "; Path=/; HttpOnly; SameSite=Lax; Secure")]
    public async Task Every_cookie_has_the_narrowest_scope(string setting, string value, string attributes)
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), setting.Length == 0 ? [] : [(setting, value)]);
        using var browser = gateway.Browser("ada");
        var target = "/user/ada/";
        for (var hop = 0; target is not null; hop++)
        {
            Assert.True(hop < 6, "The login comes to an end.");
            using var answer = await browser.OpenAsync(target);
            foreach (var cookie in target.StartsWith("/hub/", StringComparison.Ordinal) || !answer.Headers.TryGetValues("Set-Cookie", out var lines) ? [] : lines)
            {
                Assert.EndsWith(attributes, cookie, StringComparison.Ordinal);
                Assert.Equal(setting.Contains("PREFIX", StringComparison.Ordinal), cookie.StartsWith("__Host-", StringComparison.Ordinal));
                Assert.DoesNotContain(gateway.Hub!.Tokens.Keys, token => cookie.Contains(token, StringComparison.Ordinal));
            }

            target = answer.Headers.Location?.OriginalString;
        }

        using var logout = await browser.OpenAsync("/user/ada/logout");
        Assert.All(logout.Headers.GetValues("Set-Cookie"), cookie => Assert.EndsWith(attributes, cookie, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{name}=garbage; {ours}", 200)]
    [InlineData("{ours}; {name}=garbage", 200)]
    [InlineData("{name}=; {name}=x; {ours}; {name}=y", 200)]
    [InlineData("{name}=garbage; {name}=garbage", 401)]
    [InlineData("{NAME}={value}", 401)]
    [InlineData("{name}2={value}", 401)]
    [InlineData("x{name}={value}", 401)]
    [InlineData("{name}=\"{value}\"", 401)]
    [InlineData("{name}=%20{value}", 401)]
    [InlineData("{name}", 401)]
    [InlineData("{name}={bob}", 403)]
    [InlineData("{name}={bob}; {ours}", 403)]
    public async Task Of_several_cookies_by_our_name_garbage_is_passed_over_and_a_strangers_session_opens_nothing(string cookies, int status)
    {
        using var ada = await gateways.SignedInAsync();
        using var bob = await gateways.SignedInAsync("bob");
        const string name = "jupyterhub-user-ada";
        var value = ada.Cookies[name].Value;
        var line = cookies.Replace("{ours}", $"{name}={value}", StringComparison.Ordinal).Replace("{NAME}", name.ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("{name}", name, StringComparison.Ordinal).Replace("{value}", value, StringComparison.Ordinal).Replace("{bob}", bob.Cookies[name].Value, StringComparison.Ordinal);
        using var caller = new Caller(gateways.Ada);
        using var answer = await caller.AskAsync("GET", "/user/ada/x", ("Cookie", line), ("Accept", "application/json"));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_session_of_another_server_is_no_session_here()
    {
        await using var lab = await RunningGateway.StartAsync(await StubHub.StartAsync("ada", "lab"));
        using var browser = lab.Browser("ada");
        var (page, _) = await browser.FollowAsync("/user/ada/lab/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        page.Dispose();
        using var caller = new Caller(gateways.Ada);
        using var answer = await caller.AskAsync("GET", "/user/ada/x", ("Cookie", "jupyterhub-user-ada=" + browser.Cookies["jupyterhub-user-ada-lab"].Value), ("Accept", "application/json"));
        Assert.Equal(401, (int)answer.StatusCode);
    }
}
