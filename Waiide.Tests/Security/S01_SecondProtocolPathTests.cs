using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Waiide.Gateway;
using Waiide.Gateway.Api;

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

    /// <summary>That the two tests above would notice a connection.</summary>
    [Fact]
    public async Task The_owner_is_let_through_by_both_protocols_and_then_the_IDE_is_dialed()
    {
        var (gateway, before) = (gateways.Ada, gateways.Ada.Ide.Connections);
        using var caller = new Caller(gateway);
        var token = ("Authorization", "token " + gateways.Hub.TokenOf("ada"));
        using var answer = await caller.AskAsync("GET", "/user/ada/x", token);
        using var upgrade = await caller.ConnectAsync("/user/ada/x", token);
        Assert.Equal((200, 101), ((int)answer.StatusCode, (int)upgrade.StatusCode));
        Assert.True(gateway.Ide.Connections > before);
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
