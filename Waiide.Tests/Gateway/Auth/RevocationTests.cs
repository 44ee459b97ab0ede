using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>S17: what was opened with a permission does not outlive it.</summary>
public class RevocationTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AMinute = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Logout_ends_what_the_session_has_open_in_words_and_leaves_another_session_of_the_same_user_alone()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        using var here = await SignedInAsync(gateway, "ada");
        using var elsewhere = await SignedInAsync(gateway, "ada");
        using var one = await OpenAsync(here, gateway, "/user/ada/one");
        using var two = await OpenAsync(here, gateway, "/user/ada/two");
        using var other = await OpenAsync(elsewhere, gateway, "/user/ada/other");
        var events = await EventsAsync(here, gateway);
        var waiting = UpgradeThatWaitsAsync(here, gateway);
        await Eventually.Is(() => gateway.Ide.Forwarded.Any(request => request.Target == "/thinks"), "the IDE has been asked for the WebSocket");

        using var logout = await here.OpenAsync("/user/ada/logout");

        Assert.Equal((1008, "You have signed out."), await one.Closed(AtOnce));
        Assert.Equal((1008, "You have signed out."), await two.Closed(AtOnce));
        await events.Cut.WaitAsync(AtOnce);
        using var refused = await waiting.WaitAsync(AtOnce);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("You have signed out.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await other.Echoes(), "The other browser goes on.");
    }

    [Fact]
    public async Task Without_a_hub_logout_ends_them_too()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        using var byCookie = await OpenAsync(browser, gateway, "/x");
        using var program = gateway.Browser();
        using var byToken = await OpenAsync(program, gateway, "/x", ("Authorization", "token " + RunningGateway.Token));

        using var logout = await browser.OpenAsync("/logout");

        Assert.Equal((1008, "You have signed out."), await byCookie.Closed(AtOnce));
        Assert.True(await byToken.Echoes(), "A token is not signed out.");
    }

    // One wait for all of them, because none can be shorter than the hub's answer is remembered.
    [Fact]
    public async Task What_the_hub_takes_back_is_closed_within_a_minute_and_a_hub_that_is_down_takes_nothing_back()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        await using var orphan = await RunningGateway.StartAsync(await StubHub.StartAsync());
        await using var unlucky = await RunningGateway.StartAsync(await StubHub.StartAsync());
        var hub = gateway.Hub!;
        hub.Users["carol"] = ["access:servers!server=ada/"];

        using var owner = await SignedInAsync(gateway, "ada");
        using var stays = await OpenAsync(owner, gateway, "/user/ada/stays");
        var kept = hub.Tokens.Keys.ToHashSet();
        using var revoked = await SignedInAsync(gateway, "ada");
        using var revokedSocket = await OpenAsync(revoked, gateway, "/user/ada/revoked");
        var revokedEvents = await EventsAsync(revoked, gateway);
        var revokedTokens = hub.Tokens.Keys.Except(kept).ToArray();
        using var guest = await SignedInAsync(gateway, "carol");
        using var guestSocket = await OpenAsync(guest, gateway, "/user/ada/guest");
        var byHeader = hub.TokenOf("ada");
        using var programSocket = await OpenAsync(gateway.Browser(), gateway, "/user/ada/program", ("Authorization", "token " + byHeader));
        hub.TokenLifetime = 20;
        using var shortLived = await SignedInAsync(gateway, "ada");
        using var shortLivedSocket = await OpenAsync(shortLived, gateway, "/user/ada/short");
        using var orphaned = await SignedInAsync(orphan, "ada");
        using var orphanedSocket = await OpenAsync(orphaned, orphan, "/user/ada/orphaned");
        var many = await ManyAsync(unlucky);

        var clock = Stopwatch.StartNew();
        foreach (var token in revokedTokens.Append(byHeader))
        {
            Assert.True(hub.Tokens.TryRemove(token, out _));
        }

        hub.Users["carol"] = ["access:servers!server=bob/"];
        orphan.Hub!.Broken = 500;
        unlucky.Hub!.Tokens.Clear();
        unlucky.Hub.Broken = 500;
        var hiccup = ClosedAfterAHiccupAsync(many, unlucky.Hub);
        var before = hub.UserCalls;

        // Each was just let in, and asks again and again, as the pages of a workbench do.
        var refusals = Task.WhenAll(
            RefusedAsync(shortLived, HttpStatusCode.Unauthorized), RefusedAsync(revoked, HttpStatusCode.Unauthorized), RefusedAsync(guest, HttpStatusCode.Forbidden));

        Assert.Equal((1008, "Your session has expired."), await shortLivedSocket.Closed(AMinute));
        Assert.Equal((1008, "Your login is no longer valid."), await revokedSocket.Closed(AMinute));
        Assert.Equal((1008, "Your login is no longer valid."), await programSocket.Closed(AMinute));
        Assert.Equal((1008, "Your access was withdrawn."), await guestSocket.Closed(AMinute));
        await revokedEvents.Cut.WaitAsync(AMinute);
        await refusals.WaitAsync(AMinute);
        await hiccup;
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, AMinute);
        await Eventually.Is(() => hub.UserCalls - before >= 4, "the hub is asked about each of the four tokens", AMinute); // At times that are random by up to a fifth.
        Assert.True(await stays.Echoes(), "Nobody has taken the owner's session back.");
        Assert.InRange(hub.UserCalls - before, 4, 12);

        // Asked by now, in vain.
        Assert.True(await orphanedSocket.Echoes(), "A hub that answers nothing has taken nothing back.");
        orphan.Hub.Broken = 200;
        orphan.Hub.Tokens.Clear();
        Assert.Equal((1008, "Your login is no longer valid."), await orphanedSocket.Closed(AMinute));
    }

    /// <summary>What one window has open: six WebSockets with one cookie.</summary>
    private static async Task<Watched[]> ManyAsync(RunningGateway gateway)
    {
        using var browser = await SignedInAsync(gateway, "ada");
        var sockets = new Watched[6];
        for (var one = 0; one < sockets.Length; one++)
        {
            sockets[one] = await OpenAsync(browser, gateway, "/user/ada/many");
        }

        return sockets;
    }

    // All of them notice the one failure, which counts once: the next look makes it good.
    private static async Task ClosedAfterAHiccupAsync(Watched[] sockets, StubHub hub)
    {
        await Eventually.Is(() => hub.UserCallsInVain > 0, "the hub is asked again, in vain", AMinute);
        hub.Broken = 200;
        foreach (var socket in sockets)
        {
            Assert.Equal((1008, "Your login is no longer valid."), await socket.Closed(AtOnce));
            socket.Dispose();
        }
    }

    private static Task RefusedAsync(Browser browser, HttpStatusCode status) => Eventually.Is(
        async () =>
        {
            using var answer = await browser.FetchAsync("/user/ada/again");
            return answer.StatusCode == status;
        },
        $"a request that was let in is answered with {status}",
        AMinute);

    private static async Task<Browser> SignedInAsync(RunningGateway gateway, string user)
    {
        var browser = gateway.Browser(user);
        var (answer, _) = await browser.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return browser;
    }

    private static async Task<Watched> OpenAsync(Browser browser, RunningGateway gateway, string target, params (string, string)[] headers)
    {
        var (socket, status) = await browser.ConnectAsync(target, [("Origin", $"http://{gateway.Authority}"), .. headers]);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        return new Watched(socket!);
    }

    /// <summary>A stream of events that has begun; Cut ends when the browser sees its end.</summary>
    private static async Task<(Task Cut, HttpResponseMessage Answer)> EventsAsync(Browser browser, RunningGateway gateway)
    {
        gateway.Ide.When("/events", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: first\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, "/user/ada/events"));
        request.Headers.Add("Cookie", browser.CookiesFor("/user/ada/events"));
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var stream = await answer.Content.ReadAsStreamAsync();
        Assert.True(await stream.ReadAsync(new byte[100]) > 0);
        return (Assert.ThrowsAnyAsync<IOException>(async () => await stream.CopyToAsync(Stream.Null)), answer);
    }

    private static Task<HttpResponseMessage> UpgradeThatWaitsAsync(Browser browser, RunningGateway gateway)
    {
        gateway.Ide.When("/thinks", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        return browser.SendAsync(
            HttpMethod.Get, "/user/ada/thinks", null, ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Origin", $"http://{gateway.Authority}"),
            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
    }

    /// <summary>A WebSocket to an IDE that echoes.</summary>
    private sealed class Watched(ClientWebSocket socket) : IDisposable
    {
        private readonly byte[] _buffer = new byte[100];

        /// <summary>The code and the words of the close frame that comes.</summary>
        public async Task<(int Code, string? Reason)> Closed(TimeSpan limit)
        {
            var last = await socket.ReceiveAsync(_buffer, CancellationToken.None).WaitAsync(limit);
            Assert.Equal(WebSocketMessageType.Close, last.MessageType);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            return ((int)last.CloseStatus!, last.CloseStatusDescription);
        }

        public async Task<bool> Echoes()
        {
            await socket.SendAsync("still there"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var answer = await socket.ReceiveAsync(_buffer, CancellationToken.None).WaitAsync(AtOnce);
            return answer is { MessageType: WebSocketMessageType.Text, Count: 11 };
        }

        public void Dispose() => socket.Dispose();
    }
}
