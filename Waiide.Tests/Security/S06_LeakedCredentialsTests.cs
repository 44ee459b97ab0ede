using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S6: a dev server on a port, and the IDE, see none of what proves who somebody is; what is theirs passes byte for byte.</summary>
[Collection(nameof(Gateways))]
public class S06_LeakedCredentialsTests(Gateways gateways)
{
    private const string Theirs = "a=1; b=\"two words\"; c=%20%2F; d==; my_xsrf=1; theme=jupyterhub-dark; waiide=5";

    private static readonly string[] Targets = ["proxy/3000/x", "absproxy/3000/x", "x", "proxy/8071/x"];

    [Fact]
    public async Task Of_a_signed_in_browser_they_see_the_cookies_that_are_not_ours_and_nothing_else()
    {
        using var browser = await gateways.SignedInAsync();
        var session = browser.CookiesFor("/user/ada/");
        Assert.Contains("jupyterhub-user-ada=", session, StringComparison.Ordinal);
        var ours = $"{session}; jupyterhub-session-id=0938; jupyterhub-user-ada-oauth-state-1=s; jupyterhub-hub-login=s; __Host-jupyterhub-user-ada=s; _xsrf=s; __Host-_xsrf=s; waiide-0a1b2c3d=s";
        foreach (var target in Targets)
        {
            var seen = await SeenAsync(target, ("Cookie", $"{ours}; {Theirs}"), ("Origin", $"http://{gateways.Ada.Authority}"));
            Assert.All(seen, request => Assert.Equal(Theirs, request.Headers["Cookie"]));
            Assert.All(seen, request => Assert.DoesNotContain(session.Split('=', 2)[1], string.Concat(request.Headers.Values) + request.Target, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("token ")]
    [InlineData("Bearer ")]
    [InlineData("TOKEN  ")]
    public async Task Of_a_program_they_see_no_token(string kind)
    {
        var token = gateways.Hub.TokenOf("ada");
        foreach (var target in Targets)
        {
            var seen = await SeenAsync(target, ("Authorization", kind + token), ("X-JupyterHub-User", "ada"), ("X-JupyterHub-Server", ""), ("X-XSRFToken", "x"));
            Assert.All(seen, request =>
            {
                Assert.DoesNotContain(request.Headers.Keys, name => name.StartsWith("X-JupyterHub", StringComparison.OrdinalIgnoreCase) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase));
                Assert.DoesNotContain(token, string.Concat(request.Headers.Values) + request.Target, StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public async Task What_they_set_cannot_take_the_place_of_our_cookies()
    {
        gateways.Ada.Ide.When("/proxy/3000/sets", context =>
        {
            context.Response.Headers.SetCookie = new[]
            {
                "jupyterhub-user-ada=evil; Path=/user/ada/", "JupyterHub-Session-Id=evil", " jupyterhub-user-ada =evil", "__Host-jupyterhub-user-ada=evil; Path=/; Secure", "_xsrf=evil", "waiide-0a1b2c3d=evil", "theirs=1; Path=/",
            };
            return Task.CompletedTask;
        });
        using var caller = new Caller(gateways.Ada);
        using var answer = await caller.AskAsync("GET", "/user/ada/proxy/3000/sets", ("Authorization", "token " + gateways.Hub.TokenOf("ada")));
        Assert.Equal("theirs=1; Path=/", Assert.Single(answer.Headers.GetValues("Set-Cookie")));
    }

    private async Task<StubIde.Recorded[]> SeenAsync(string target, params (string, string)[] headers)
    {
        using var caller = new Caller(gateways.Ada);
        var before = gateways.Ada.Ide.Forwarded.Count();
        using var answer = await caller.AskAsync("GET", "/user/ada/" + target, headers);
        using var upgrade = await caller.ConnectAsync("/user/ada/" + target, headers);
        Assert.Equal((200, 101), ((int)answer.StatusCode, (int)upgrade.StatusCode));
        var seen = gateways.Ada.Ide.Forwarded.Skip(before).ToArray();
        Assert.Equal(2, seen.Length);
        return seen;
    }
}
