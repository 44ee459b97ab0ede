using System.Net;

namespace Waiide.Tests.Security;

/// <summary>S18: being somebody is not enough. Another user of the hub reaches nothing on this server, by any endpoint or protocol; who was given access does.</summary>
[Collection(nameof(Gateways))]
public class S18_OtherUsersTests(Gateways gateways)
{
    [Theory]
    [InlineData("bob")]
    [InlineData("root")]
    public async Task Another_hub_user_gets_403_by_token_and_by_session_on_HTTP_and_WebSocket(string user)
    {
        using var browser = await gateways.SignedInAsync(user);
        using var caller = new Caller(gateways.Ada);
        (string, string)[][] ways =
        [
            [("Authorization", "token " + gateways.Hub.TokenOf(user))],
            [("Cookie", browser.CookiesFor("/user/ada/")), ("Origin", $"http://{gateways.Ada.Authority}")],
            [("Cookie", browser.CookiesFor("/user/ada/")), ("Origin", $"http://{gateways.Ada.Authority}"), ("X-JupyterHub-User", "ada"), ("Remote-User", "ada")],
        ];
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            foreach (var target in gateways.EndpointsIn(Gateways.UnderHub).Where(row => !row.IsForAnyone).SelectMany(row => row.Targets))
            {
                foreach (var way in ways)
                {
                    foreach (var method in new[] { "GET", "POST", "DELETE" })
                    {
                        using var answer = await caller.AskAsync(method, "/user/ada" + target, way);
                        using var upgrade = await caller.ConnectAsync("/user/ada" + target, way);
                        Assert.True((403, 403) == ((int)answer.StatusCode, (int)upgrade.StatusCode), $"{method} {target} by {user}: {(int)answer.StatusCode}, as a WebSocket {(int)upgrade.StatusCode}");
                        Assert.Null(answer.Headers.Location);
                    }
                }
            }
        });
        using var reduced = await caller.AskAsync("GET", "/user/ada/api/status", ways[0]);
        Assert.DoesNotContain("environment", await reduced.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("root")]
    public async Task The_page_says_who_is_signed_in_and_how_to_change_that(string user)
    {
        using var browser = gateways.Ada.Browser(user);
        var (page, _) = await browser.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains(user, html, StringComparison.Ordinal);
        Assert.Contains("/user/ada/logout", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("carol")]
    public async Task The_owner_and_who_was_given_access_pass_on_both(string user)
    {
        using var browser = gateways.Ada.Browser(user);
        var (page, _) = await browser.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        foreach (var target in new[] { "/user/ada/x", "/user/ada/proxy/3000/x", "/user/ada/absproxy/3000/x" })
        {
            using var answer = await browser.FetchAsync(target);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var (socket, status) = await browser.ConnectAsync(target, ("Origin", $"http://{gateways.Ada.Authority}"));
            Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
            socket!.Dispose();
        }
    }
}
