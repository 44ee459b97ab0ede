using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Waiide.Gateway;
using Waiide.Gateway.Api;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S1: a second way in, such as a WebSocket, that misses the check. Every endpoint is tried by every method and protocol, the ones of tomorrow included.</summary>
[Collection(nameof(Gateways))]
public class S01_SecondProtocolPathTests(Gateways gateways)
{
    // Without a hub it is the gateway that he guesses at: after ten wrong ones it looks at no more for a while.
    private const string Guesser = "a wrong token";

    [Theory]
    [MemberData(nameof(Gateways.Modes), MemberType = typeof(Gateways))]
    public async Task Every_endpoint_refuses_strangers_by_every_method_and_protocol_and_the_IDE_hears_nothing(string mode)
    {
        var gateway = gateways.In(mode);
        using var caller = new Caller(gateway, from: "127.0.0.66"); // Whose wrong tokens slow down nobody else.
        var strangers = await StrangersAsync(mode);
        await Unheard.By(gateway.Ide, async () =>
        {
            foreach (var target in gateways.EndpointsIn(mode).Where(row => !row.IsForAnyone).SelectMany(row => row.Targets).Select(target => Gateways.PrefixOf(mode) + target))
            {
                foreach (var (who, credentials) in strangers)
                {
                    bool IsSlowedDown(HttpResponseMessage answer) => who == Guesser && mode == Gateways.Standalone && answer is { StatusCode: HttpStatusCode.TooManyRequests, Headers.RetryAfter: not null };

                    foreach (var method in EndpointRow.AllMethods)
                    {
                        using var answer = await caller.AskAsync(method, target, credentials);
                        Assert.True(IsRefusal(answer) || IsSlowedDown(answer), $"{method} {target} of {who}: {(int)answer.StatusCode} {answer.Headers.Location}");
                    }

                    foreach (var method in new[] { "GET", "POST" })
                    {
                        using var upgrade = await caller.ConnectAsync(method, target, credentials);
                        Assert.True((int)upgrade.StatusCode is 401 or 403 || IsSlowedDown(upgrade), $"{method} {target} of {who} as a WebSocket: {(int)upgrade.StatusCode}");
                    }
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Gateways.Modes), MemberType = typeof(Gateways))]
    public async Task What_answers_anyone_never_asks_the_IDE(string mode)
    {
        var gateway = gateways.In(mode);
        using var caller = new Caller(gateway);
        var open = gateways.EndpointsIn(mode).Where(row => row.IsForAnyone).ToArray();
        Assert.NotEmpty(open);
        await Unheard.By(gateway.Ide, async () =>
        {
            foreach (var target in open.SelectMany(row => row.Targets).Select(target => Gateways.PrefixOf(mode) + target))
            {
                foreach (var method in EndpointRow.AllMethods)
                {
                    using var answer = await caller.AskAsync(method, target);
                    using var upgrade = await caller.ConnectAsync(method, target);
                    Assert.NotEqual(101, (int)upgrade.StatusCode);
                    Assert.InRange((int)answer.StatusCode, 200, 499);
                }
            }
        });
    }

    /// <summary>Where the IDE is the gateway's own, its machine's ports are behind these endpoints too, the tunnel's among them.</summary>
    [Fact]
    public async Task No_endpoint_connects_a_stranger_to_a_port_of_the_gateways_own_machine()
    {
        await using var server = await StubIde.StartAsync();
        await using var gateway = await RunningGateway.WithoutIdeAsync(await StubHub.StartAsync());
        using var caller = new Caller(gateway);
        var port = server.Url.Port.ToString(CultureInfo.InvariantCulture);
        foreach (var target in gateways.EndpointsIn(Gateways.UnderHub).SelectMany(row => row.Targets).Select(target => "/user/ada" + target.Replace("3000", port, StringComparison.Ordinal)))
        {
            foreach (var credentials in new (string, string)[][] { [], [("Authorization", "token wrong")], [("Authorization", "token " + gateway.Hub!.TokenOf("bob"))] })
            {
                foreach (var method in EndpointRow.AllMethods)
                {
                    using var answer = await caller.AskAsync(method, target, credentials);
                }

                using var upgrade = await caller.ConnectAsync(target, credentials);
                Assert.NotEqual(101, (int)upgrade.StatusCode);
            }
        }

        // The owner's is the first and the only one.
        using var tunnel = await caller.ConnectAsync("/user/ada/tunnel/" + port, ("Authorization", "token " + gateway.Hub!.TokenOf("ada")));
        Assert.Equal(101, (int)tunnel.StatusCode);
        await Eventually.Is(() => server.Connections > 0, "a connection is counted");
        Assert.Equal(1, server.Connections);
    }

    /// <summary>That the tests above would notice a connection.</summary>
    [Fact]
    public async Task The_owner_is_let_through_by_both_protocols_and_then_the_IDE_is_dialed()
    {
        var (gateway, before) = (gateways.Ada, gateways.Ada.Ide.Connections);
        using var caller = new Caller(gateway);
        var token = ("Authorization", "token " + gateways.Hub.TokenOf("ada"));
        using var answer = await caller.AskAsync("GET", "/user/ada/x", token);
        using var upgrade = await caller.ConnectAsync("/user/ada/x", token);
        Assert.Equal((200, 101), ((int)answer.StatusCode, (int)upgrade.StatusCode));

        // Connections that were kept after earlier requests are used up first.
        var open = new List<HttpResponseMessage>();
        await Eventually.Is(
            async () =>
            {
                open.Add(await caller.ConnectAsync("/user/ada/x", token));
                return gateway.Ide.Connections > before;
            },
            "a new connection is counted");
        open.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void The_gateway_does_not_start_with_an_endpoint_that_says_nothing()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Start(app => app.MapGet("/api/new", () => "x")));
        Assert.Contains("/api/new does not say who may call it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_with_one_that_asks_for_a_login_and_no_more_or_for_a_policy_of_its_own()
    {
        Assert.Throws<InvalidOperationException>(() => Start(app => app.MapGet("/api/new", () => "x").RequireAuthorization()));
        Assert.Throws<InvalidOperationException>(() => Start(app => app.MapGet("/api/new", () => "x").RequireAuthorization("typo")));
        Assert.Throws<InvalidOperationException>(() => Start(app => app.MapGet("/api/new", () => "x").WithMetadata(new AuthorizeAttribute { Roles = "x" })));
    }

    [Fact]
    public void It_starts_when_each_has_said_it() => Start(app =>
    {
        app.MapGet("/open", () => "x").AllowAnonymous();
        app.MapGet("/mine", () => "x").RequireAuthorization(Access.Users);
        app.MapGet("/restart", () => "x").RequireAuthorization(Access.Administrators);
    });

    private static void Start(Action<WebApplication> map)
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        map(app);
        app.RequireDeclaredPolicies();
    }

    private static bool IsRefusal(HttpResponseMessage answer) => (int)answer.StatusCode is 401 or 403
        || ((int)answer.StatusCode == 302 && answer.Headers.Location!.OriginalString is var target
            && (target.StartsWith("/hub/api/oauth2/authorize?", StringComparison.Ordinal) || target.StartsWith("/login", StringComparison.Ordinal)));

    private async Task<(string Who, (string, string)[] Credentials)[]> StrangersAsync(string mode)
    {
        var gateway = gateways.In(mode);
        var origin = ("Origin", $"http://{gateway.Authority}");
        var ours = mode == Gateways.UnderHub ? "jupyterhub-user-ada" : "waiide-00000000";
        List<(string, (string, string)[])> strangers =
        [
            ("nobody", []),
            ("a program without credentials", [("Accept", "application/json")]),
            (Guesser, [("Authorization", "token wrong")]),
            ("a wrong cookie", [("Cookie", ours + "=CfDJ8wrong"), origin]),
            ("a header that names the owner", [("X-JupyterHub-User", "ada"), ("Remote-User", "ada")]),
        ];
        if (mode == Gateways.UnderHub)
        {
            using var bob = await gateways.SignedInAsync("bob");
            strangers.Add(("another user's token", [("Authorization", "token " + gateways.Hub.TokenOf("bob"))]));
            strangers.Add(("another user's session", [("Cookie", bob.CookiesFor("/user/ada/")), origin]));
        }

        return [.. strangers];
    }
}
