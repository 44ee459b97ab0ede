using System.Net;
using System.Web;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>Hubs below a path, hubs whose users have hosts of their own, and users with names that URLs spell in more than one way.</summary>
public class HubAddressesTests
{
    [Fact]
    public async Task A_hub_below_a_path_is_found_there_for_the_login_and_the_logout()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(baseUrl: "/jhub/"));
        using var browser = gateway.Browser("ada");
        using var start = await browser.OpenAsync("/jhub/user/ada/x");
        Assert.StartsWith("/jhub/hub/api/oauth2/authorize?", start.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var (answer, target) = await browser.FollowAsync(start.Headers.Location.OriginalString);

        Assert.Equal((HttpStatusCode.OK, "/jhub/user/ada/x"), (answer.StatusCode, target));
        using var logout = await browser.OpenAsync("/jhub/user/ada/logout");
        Assert.Equal("/jhub/hub/logout", logout.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Where_users_have_hosts_of_their_own_the_redirect_URI_is_absolute_byte_for_byte_and_the_hub_is_at_its_host()
    {
        var port = Ports.Free();
        var hub = await StubHub.StartAsync();
        hub.CallbackUrl = $"http://127.0.0.1:{port}/user/ada/oauth_callback";
        await using var gateway = await RunningGateway.StartAsync(
            hub, ("PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("JUPYTERHUB_HOST", hub.Url.GetLeftPart(UriPartial.Authority)));
        using var browser = gateway.Browser("ada");
        using var start = await browser.OpenAsync("/user/ada/x");
        var target = start.Headers.Location!.OriginalString;
        Assert.StartsWith(hub.Url + "hub/api/oauth2/authorize?", target, StringComparison.Ordinal);
        Assert.Equal(hub.CallbackUrl, HttpUtility.ParseQueryString(new Uri(target).Query)["redirect_uri"]);

        var (answer, end) = await browser.FollowAsync(target);

        Assert.Equal((HttpStatusCode.OK, "/user/ada/x"), (answer.StatusCode, end));
        using var logout = await browser.OpenAsync("/user/ada/logout");
        Assert.Equal(hub.Url + "hub/logout", logout.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("we+ird@ex.org", "", "/user/we%2Bird@ex.org/", "/user/we+ird%40ex.org/")]
    [InlineData("é", "", "/user/%C3%A9/", "/user/%c3%a9/")]
    [InlineData("ada", "lab", "/user/ada/lab/", "/user/ada/l%61b/")]
    public async Task The_cookies_path_is_the_prefix_as_the_hub_spells_it_and_other_spellings_lead_here(string user, string server, string prefix, string spelling)
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(user, server, prefix));
        using var browser = gateway.Browser(user);

        var (answer, target) = await browser.FollowAsync(prefix + "x");

        Assert.Equal((HttpStatusCode.OK, prefix + "x"), (answer.StatusCode, target));
        Assert.Equal(prefix, browser.Cookies[gateway.Hub!.ClientId].Path);
        using var same = await browser.SendAsync(HttpMethod.Get, spelling + "y", null, ("Cookie", browser.CookiesFor(prefix)));
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        using var logout = await browser.OpenAsync(prefix + "logout");
        Assert.Contains($"; Path={prefix};", Assert.Single(logout.Headers.GetValues("Set-Cookie"), line => line.StartsWith(gateway.Hub.ClientId + "=;", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_opens_a_users_default_server_does_not_open_a_named_one()
    {
        await using var named = await RunningGateway.StartAsync(await StubHub.StartAsync("ada", "lab"));
        var hub = named.Hub!;
        hub.Users["ada"] = ["access:servers!server=ada/"];

        // The default server's cookie is sent to all servers below its path, and its token is one of the same user.
        await using var byDefault = await RunningGateway.StartAsync(await StubHub.StartAsync());
        using var browser = byDefault.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        var session = browser.Cookies["jupyterhub-user-ada"].Value;
        foreach (var cookie in new[] { $"jupyterhub-user-ada={session}", $"{hub.ClientId}={session}" })
        {
            using var byCookie = await named.Browser().SendAsync(HttpMethod.Get, "/user/ada/lab/x", null, ("Cookie", cookie), ("Accept", "application/json"));
            Assert.Equal(HttpStatusCode.Unauthorized, byCookie.StatusCode);
        }

        using var byToken = await named.Browser().SendAsync(HttpMethod.Get, "/user/ada/lab/x", null, ("Authorization", "token " + hub.TokenOf("ada")));
        Assert.Equal(HttpStatusCode.Forbidden, byToken.StatusCode);
        Assert.Empty(named.Ide.Forwarded);
    }

    [Fact]
    public async Task A_service_of_the_hub_with_access_is_a_user()
    {
        var hub = await StubHub.StartAsync();
        hub.Services["monitor"] = true;
        hub.Users["monitor"] = ["access:servers"];
        await using var gateway = await RunningGateway.StartAsync(hub);
        using var answer = await gateway.Browser().SendAsync(HttpMethod.Get, "/user/ada/api/health", null, ("Authorization", "token " + hub.TokenOf("monitor")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
