
namespace Waiide.Tests.Security;

/// <summary>
/// S20: shares and filtered scopes. Exactly the scopes that reach this very server open it, each time they are looked up; nothing near them does.
/// Every form that JupyterHub's own check knows is in Gateway.Auth.HubScopesTests.
/// </summary>
[Collection(nameof(Gateways))]
public class S20_ScopeHandlingTests(Gateways gateways)
{
    [Theory]
    [InlineData("access:servers!server=ada/", 200)]
    [InlineData("access:servers!user=ada", 200)]
    [InlineData("access:servers", 200)]
    [InlineData("read:users access:servers!server=ada/ list:users", 200)]
    [InlineData("access:servers!server=ada/lab", 403)]
    [InlineData("access:servers!server=adam/", 403)]
    [InlineData("access:servers!server=ada", 403)]
    [InlineData("access:servers!server=/", 403)]
    [InlineData("access:servers!server=", 403)]
    [InlineData("access:servers!server", 403)]
    [InlineData("access:servers!user=ad", 403)]
    [InlineData("access:servers!user=ADA", 403)]
    [InlineData("access:servers!user=adam", 403)]
    [InlineData("access:servers!user=", 403)]
    [InlineData("access:servers!user", 403)]
    [InlineData("access:servers!group=ada", 403)]
    [InlineData("access:servers!group=all", 403)]
    [InlineData("access:servers!", 403)]
    [InlineData("access:servers!*", 403)]
    [InlineData("access:servers!user=ada!server=ada/", 403)]
    [InlineData("access:servers,access:servers!user=ada", 403)]
    [InlineData("access:server", 403)]
    [InlineData("access:services", 403)]
    [InlineData("Access:Servers", 403)]
    [InlineData("admin:servers servers admin:users admin-ui users shares", 403)]
    [InlineData("read:servers!user=ada servers!user=ada delete:servers!user=ada tokens!user=ada", 403)]
    [InlineData("inherit self all", 403)]
    [InlineData("", 403)]
    public async Task Only_what_reaches_this_server_opens_it(string scopes, int status)
    {
        var user = "user-" + Guid.NewGuid().ToString("n");
        gateways.Hub.Users[user] = scopes.Split(' ');
        var token = ("Authorization", "token " + gateways.Hub.TokenOf(user));
        using var caller = new Caller(gateways.Ada);
        foreach (var target in new[] { "/user/ada/x", "/user/ada/proxy/3000/x", "/user/ada/api/health" })
        {
            using var answer = await caller.AskAsync("GET", target, token);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        using var upgrade = await caller.ConnectAsync("/user/ada/x", token);
        Assert.Equal(status == 200 ? 101 : status, (int)upgrade.StatusCode);
    }

    [Fact]
    public async Task A_share_that_was_taken_back_is_gone_with_the_next_look()
    {
        var user = "user-" + Guid.NewGuid().ToString("n");
        gateways.Hub.Users[user] = ["access:servers!server=ada/"];
        var token = ("Authorization", "token " + gateways.Hub.TokenOf(user));
        using var caller = new Caller(gateways.Ada);
        using var before = await caller.AskAsync("GET", "/user/ada/x", token);
        gateways.Hub.Users[user] = ["read:users"];

        // Another session at the hub: nothing is known about the token there.
        using var after = await caller.AskAsync("GET", "/user/ada/x", token, ("Cookie", "jupyterhub-session-id=next"));

        Assert.Equal((200, 403), ((int)before.StatusCode, (int)after.StatusCode));
    }
}
