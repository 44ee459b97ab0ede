using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>S1 and S18: who has no business here reaches nothing behind the gateway, by any protocol.</summary>
public class OtherUsersTests(UnderAHub world) : IClassFixture<UnderAHub>
{
    [Theory]
    [InlineData("bob")]
    [InlineData("root")]
    public async Task Another_hub_user_gets_403_on_HTTP_and_WebSocket_and_the_IDE_hears_nothing(string user)
    {
        using var browser = world.Gateway.Browser(user);
        var before = world.Ide.Forwarded.Count();

        var (page, _) = await browser.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains(user, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var target in new[] { "/user/ada/x", "/user/ada/proxy/3000/", "/user/ada/proxy/8071/", "/user/ada/api/health" })
        {
            using var answer = await browser.FetchAsync(target);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Null(answer.Headers.Location);
            var (_, status) = await browser.ConnectAsync(target, ("Origin", $"http://{world.Gateway.Authority}"));
            Assert.Equal(HttpStatusCode.Forbidden, status);
        }

        using var byToken = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Authorization", "token " + world.Hub.TokenOf(user)));
        Assert.Equal(HttpStatusCode.Forbidden, byToken.StatusCode);
        using var reduced = await browser.FetchAsync("/user/ada/api/status");
        Assert.DoesNotContain("environment", await reduced.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, world.Ide.Forwarded.Count());
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("carol")]
    public async Task The_owner_and_who_was_given_access_pass_on_both(string user)
    {
        using var browser = world.Gateway.Browser(user);
        var (page, _) = await browser.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        var (socket, status) = await browser.ConnectAsync("/user/ada/x", ("Origin", $"http://{world.Gateway.Authority}"));

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        socket!.Dispose();
    }

    [Fact]
    public async Task Without_a_session_a_WebSocket_gets_401_and_opens_no_connection()
    {
        using var browser = world.Gateway.Browser();
        var before = world.Ide.Forwarded.Count();
        var opened = Opened();
        foreach (var target in new[] { "/user/ada/", "/user/ada/stable-123?reconnectionToken=x", "/user/ada/proxy/8071/", "/user/ada/proxy/3000/ws", "/user/ada/absproxy/3000/ws", "/user/ada/api/x" })
        {
            var (_, status) = await browser.ConnectAsync(target, ("Origin", $"http://{world.Gateway.Authority}"));
            Assert.Equal(HttpStatusCode.Unauthorized, status);
        }

        Assert.Equal(before, world.Ide.Forwarded.Count());
        await Eventually.Is(() => Opened() <= opened, "no connection but those of the probes");

        // The same count, where connections are opened: more than could have been kept from earlier requests.
        using var owner = world.Gateway.Browser();
        opened = Opened();
        var sockets = new List<System.Net.WebSockets.ClientWebSocket>();
        for (var i = 0; i < 10; i++)
        {
            var (socket, _) = await owner.ConnectAsync("/user/ada/stable-123", ("Authorization", "token " + world.Hub.TokenOf("ada")));
            sockets.Add(socket!);
        }

        Assert.True(Opened() > opened + 3, "The owner's WebSockets open connections.");
        sockets.ForEach(socket => socket.Dispose());
    }

    // Each of the gateway's own probes has a connection of its own.
    private int Opened() => world.Ide.Connections - world.Ide.Requests.Count(request => request.Target == "/version");
}
