using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

public class GarbledHubTests(UnderAHub world) : IClassFixture<UnderAHub>
{
    [Theory]
    [InlineData("text/html; charset=bogus", "<h1>no</h1>")]
    [InlineData("application/json", "{\"name\":\"ada\",\"name\":\"bob\",\"kind\":\"user\",\"scopes\":[]}")]
    [InlineData("application/json", "{\"name\":\"\\ud800\",\"scopes\":[]}")]
    [InlineData("application/json", "{\"name\":\"ada\",\"scopes\":[\"\\ud800\"]}")]
    public async Task An_answer_that_cannot_be_read_is_the_hubs_failure_and_is_not_remembered(string type, string body)
    {
        using var browser = world.Gateway.Browser();
        var token = ("Authorization", "token " + world.Hub.TokenOf("ada"));

        world.Hub.Garbled = (type, body);
        using var garbled = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);
        using var poll = await browser.SendAsync(HttpMethod.Get, "/user/ada/api", null, token);
        world.Hub.Garbled = null;
        using var mended = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);

        Assert.Equal(HttpStatusCode.BadGateway, garbled.StatusCode);
        Assert.Equal(HttpStatusCode.OK, poll.StatusCode);
        Assert.Equal(HttpStatusCode.OK, mended.StatusCode);
    }

    [Fact]
    public async Task Nobody_is_asked_about_a_token_that_no_hub_gives_out()
    {
        var calls = world.Hub.UserCalls;
        foreach (var token in new[] { "\u00e9", "a\u007f", new string('a', 1025) })
        {
            var status = await RawHttp.StatusAsync(world.Gateway.Port, $"GET /user/ada/x HTTP/1.1\r\nHost: {world.Gateway.Authority}\r\nAccept: application/json\r\nAuthorization: token {token}\r\n\r\n");
            Assert.Equal(401, status);
        }

        Assert.Equal(calls, world.Hub.UserCalls);
    }

    [Fact]
    public async Task The_hub_is_not_asked_where_the_answer_would_not_matter()
    {
        using var browser = world.Gateway.Browser();
        var calls = world.Hub.UserCalls;
        foreach (var target in new[] { "/health", "/alive", "/user/ada/health", "/user/ada/alive", "/user/ada/api", "/user/ada", "/elsewhere" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, target, null, ("Authorization", "token made-up"));
        }

        Assert.Equal(calls, world.Hub.UserCalls);
        using var status = await browser.SendAsync(HttpMethod.Get, "/user/ada/api/status", null, ("Authorization", "token " + world.Hub.TokenOf("ada")));
        Assert.Contains("environment", await status.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(calls + 1, world.Hub.UserCalls);
    }

    [Fact]
    public async Task Made_up_tokens_do_not_displace_a_known_one()
    {
        using var browser = world.Gateway.Browser();
        var token = ("Authorization", "token " + world.Hub.TokenOf("ada"));
        using var first = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);
        for (var i = 0; i < 1100; i++)
        {
            using var none = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Authorization", $"token made-up-{i}"), ("Accept", "application/json"));
        }

        var calls = world.Hub.UserCalls;
        using var still = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, token);
        Assert.Equal(calls, world.Hub.UserCalls);
    }
}
