using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S6: a dev server on a port, and the IDE, see none of what proves who somebody is; what is theirs passes byte for byte.</summary>
[Collection(nameof(Gateways))]
public sealed class S06_LeakedCredentialsTests(Gateways gateways, S06_LeakedCredentialsTests.Direct direct) : IClassFixture<S06_LeakedCredentialsTests.Direct>
{
    private const string Theirs = "a=1; b=\"two words\"; c=%20%2F; d==; my_xsrf=1; theme=jupyterhub-dark; waiide=5";

    private const string ByWayOfTheIde = "by way of an attached IDE server";

    private const string OnItsMachine = "on the gateway's machine";

    public static TheoryData<string> Ways => [ByWayOfTheIde, OnItsMachine];

    /// <summary>A gateway that connects to dev servers itself, and one of them.</summary>
    public sealed class Direct : IAsyncLifetime
    {
        internal StubIde Server { get; private set; } = null!;

        internal RunningGateway Gateway { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await StubIde.StartAsync();
            Gateway = await RunningGateway.WithoutIdeAsync(await StubHub.StartAsync());
        }

        public async Task DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Server.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Of_a_signed_in_browser_they_see_the_cookies_that_are_not_ours_and_nothing_else(string way)
    {
        var (gateway, _, targets, _) = Of(way);
        using var browser = gateway.Browser("ada");
        (await browser.FollowAsync("/user/ada/")).Answer.Dispose();
        var session = browser.CookiesFor("/user/ada/");
        Assert.Contains("jupyterhub-user-ada=", session, StringComparison.Ordinal);
        var ours = $"{session}; jupyterhub-session-id=0938; jupyterhub-user-ada-oauth-state-1=s; jupyterhub-hub-login=s; __Host-jupyterhub-user-ada=s; _xsrf=s; __Host-_xsrf=s; waiide-0a1b2c3d=s; code-server-session=s";
        foreach (var target in targets)
        {
            var seen = await SeenAsync(way, target, ("Cookie", $"{ours}; {Theirs}"), ("Origin", $"http://{gateway.Authority}"));
            Assert.All(seen, request => Assert.Equal(Theirs, request.Headers["Cookie"]));
            Assert.All(seen, request => Assert.DoesNotContain(session.Split('=', 2)[1], string.Concat(request.Headers.Values) + request.Target, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(ByWayOfTheIde, "token ")]
    [InlineData(ByWayOfTheIde, "Bearer ")]
    [InlineData(ByWayOfTheIde, "TOKEN  ")]
    [InlineData(OnItsMachine, "token ")]
    [InlineData(OnItsMachine, "Bearer ")]
    [InlineData(OnItsMachine, "TOKEN  ")]
    public async Task Of_a_program_they_see_no_token_and_only_the_IDE_is_told_who_it_is(string way, string kind)
    {
        var (gateway, _, targets, _) = Of(way);
        var token = gateway.Hub!.TokenOf("ada");
        foreach (var target in targets)
        {
            var seen = await SeenAsync(way, target, ("Authorization", kind + token), ("X-JupyterHub-User", "root"), ("X-JupyterHub-Server", "root"), ("X-XSRFToken", "x"));
            (string, string)[] told = IsOfTheIde(target) ? [("X-JupyterHub-Server", ""), ("X-JupyterHub-User", "ada")] : [];
            Assert.All(seen, request =>
            {
                Assert.Equal(told, request.Headers.Where(header => header.Key.Contains("JupyterHub", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key, header.Value)).Order());
                Assert.DoesNotContain("Authorization", request.Headers.Keys);
                Assert.DoesNotContain(token, string.Concat(request.Headers.Values) + request.Target, StringComparison.Ordinal);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_they_set_cannot_take_the_place_of_our_cookies_and_stays_at_their_place(string way)
    {
        var (gateway, server, _, port) = Of(way);
        server.When(way == OnItsMachine ? "/sets" : $"/proxy/{port}/sets", context =>
        {
            context.Response.Headers.SetCookie = new[]
            {
                "jupyterhub-user-ada=evil; Path=/user/ada/", "JupyterHub-Session-Id=evil", " jupyterhub-user-ada =evil", "__Host-jupyterhub-user-ada=evil; Path=/; Secure", "_xsrf=evil", "waiide-0a1b2c3d=evil", "=_xsrf=evil",
                "theirs=1; Path=/; Domain=127.0.0.1",
            };
            return Task.CompletedTask;
        });
        using var caller = new Caller(gateway);
        using var answer = await caller.AskAsync("GET", $"/user/ada/proxy/{port}/sets", ("Authorization", "token " + gateway.Hub!.TokenOf("ada")));
        Assert.Equal($"theirs=1; Path=/user/ada/proxy/{port}/", Assert.Single(answer.Headers.GetValues("Set-Cookie")));
    }

    private static bool IsOfTheIde(string target) => target is "x" or "proxy/8071/x";

    // The IDE itself can only be asked where there is one.
    private (RunningGateway Gateway, StubIde Upstream, string[] Targets, int Port) Of(string way)
    {
        var port = way == OnItsMachine ? direct.Server.Url.Port : 3000;
        var number = port.ToString(CultureInfo.InvariantCulture);
        string[] ports = [$"proxy/{number}/x", $"absproxy/{number}/x", $"proxy/absolute/{number}/x"];
        return way == OnItsMachine ? (direct.Gateway, direct.Server, ports, port) : (gateways.Ada, gateways.Ada.Ide, [.. ports, "x", "proxy/8071/x"], port);
    }

    private async Task<StubIde.Recorded[]> SeenAsync(string way, string target, params (string, string)[] headers)
    {
        var (gateway, upstream, _, _) = Of(way);
        using var caller = new Caller(gateway);
        var before = upstream.Forwarded.Count();
        using var answer = await caller.AskAsync("GET", "/user/ada/" + target, headers);
        using var upgrade = await caller.ConnectAsync("/user/ada/" + target, headers);
        Assert.Equal((200, 101), ((int)answer.StatusCode, (int)upgrade.StatusCode));
        var seen = upstream.Forwarded.Skip(before).ToArray();
        Assert.Equal(2, seen.Length);
        return seen;
    }
}
