using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Activity;

/// <summary>The stop of a server that nobody uses, from outside; short times for what takes hours in life.</summary>
public class IdleStopTests
{
    private static readonly (string, string) Token = ("Authorization", "token " + RunningGateway.Token);

    [Fact]
    public async Task An_unused_server_stops_with_exit_code_0_and_says_why_to_the_log_and_to_open_sockets()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "input"), ("WAIIDE_IDLE_TIMEOUT", "3s"));
        using var browser = gateway.Browser();
        var (socket, _) = await browser.ConnectAsync("/socket", Token, ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority)));
        var end = await socket!.ReceiveAsync(new byte[10], CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, end.CloseStatus);
        Assert.Equal("Stopped because unused.", end.CloseStatusDescription);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        socket.Dispose();

        Assert.Equal(0, await gateway.Process.WaitForExit());
        Assert.Contains("Nobody has used this server for 00:00:03", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Polls_and_programs_are_no_use_and_somebody_who_wants_it_to_run_is()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "input"), ("WAIIDE_IDLE_TIMEOUT", "3s"));
        using var browser = gateway.Browser();
        var clock = Stopwatch.StartNew();
        await Eventually.Is(
            async () =>
            {
                using var answer = await browser.SendAsync(HttpMethod.Post, "/api/activity", null, Token);
                Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
                return clock.Elapsed > TimeSpan.FromSeconds(6);
            },
            "twice the limit has passed");
        Assert.False(gateway.Process.HasExited);

        await Eventually.Is(
            async () =>
            {
                try
                {
                    foreach (var target in new[] { "/health", "/api/status", "/api/notices", "/version", "/stable-1/static/x.js" })
                    {
                        using var answer = await browser.SendAsync(HttpMethod.Get, target, null, Token, ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"));
                    }
                }
                catch (HttpRequestException)
                {
                    // It stops while it is asked.
                }

                return gateway.Process.HasExited;
            },
            "the server stops although it is asked all the time");
        Assert.Equal(0, gateway.Process.ExitCode);
    }

    [Fact]
    public async Task On_ports_what_a_browser_changes_is_use_and_what_it_asks_for_is_not()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "input"), ("WAIIDE_IDLE_TIMEOUT", "3s"));
        using var browser = gateway.Browser();
        using var signedIn = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        var (clock, origin) = (Stopwatch.StartNew(), gateway.Url.GetLeftPart(UriPartial.Authority));
        await Eventually.Is(
            async () =>
            {
                using var answer = await browser.SendAsync(HttpMethod.Post, "/proxy/4000/rpc/console_input", null, ("Origin", origin));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                return clock.Elapsed > TimeSpan.FromSeconds(6);
            },
            "twice the limit has passed");
        Assert.False(gateway.Process.HasExited);

        var (socket, _) = await browser.ConnectAsync("/proxy/4000/socket", ("Origin", origin));
        var typed = 0;
        await Eventually.Is(
            async () =>
            {
                await socket!.SendAsync(BitConverter.GetBytes(typed++), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
                return clock.Elapsed > TimeSpan.FromSeconds(12);
            },
            "twice the limit has passed again");
        Assert.False(gateway.Process.HasExited);

        await Eventually.Is(
            async () =>
            {
                try
                {
                    await socket!.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                    using var answer = await browser.FetchAsync("/proxy/4000/news");
                }
                catch (Exception failure) when (failure is HttpRequestException or WebSocketException)
                {
                    // It stops while it is asked.
                }

                return gateway.Process.HasExited;
            },
            "the server stops although a page asks for news and keeps its socket alive");
        socket!.Dispose();
        Assert.Equal(0, gateway.Process.ExitCode);
    }

    [Fact]
    public async Task The_page_is_told_when_it_will_stop_and_somebody_who_wants_it_to_run_takes_that_back()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "input"), ("WAIIDE_IDLE_TIMEOUT", "12s"));
        using var browser = gateway.Browser();
        Assert.Empty(await NoticesAsync());
        JsonNode? notice = null;
        await Eventually.Is(async () => (notice = (await NoticesAsync()).SingleOrDefault()) is not null, "the stop is announced");
        Assert.Equal("idle", (string)notice!["id"]!);
        Assert.True((bool)notice["urgent"]!);
        var left = notice["at"]!.GetValue<DateTime>() - DateTime.UtcNow;
        Assert.InRange(left, TimeSpan.Zero, TimeSpan.FromSeconds(4)); // A quarter of the limit, and up to the next second.

        using var used = await browser.SendAsync(HttpMethod.Post, "/api/activity", null, Token);
        Assert.Equal(HttpStatusCode.NoContent, used.StatusCode);
        await Eventually.Is(async () => (await NoticesAsync()).Count == 0, "the notice is withdrawn", TimeSpan.FromSeconds(3));
        await Eventually.Is(() => DateTime.UtcNow > notice["at"]!.GetValue<DateTime>().AddSeconds(2), "the time that was announced has passed");
        Assert.False(gateway.Process.HasExited);
        Assert.Equal(0, await gateway.Process.WaitForExit());

        async Task<JsonArray> NoticesAsync()
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, "/api/notices", null, Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["notices"]!.AsArray();
        }
    }

    [Fact]
    public async Task Only_who_may_use_the_server_may_say_that_it_is_used()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        using var answer = await browser.SendAsync(HttpMethod.Post, "/api/activity");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Under_browser_an_open_tab_that_sends_keep_alives_keeps_the_server()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "browser"), ("WAIIDE_IDLE_TIMEOUT", "2s"));
        using var browser = gateway.Browser();
        var (socket, _) = await browser.ConnectAsync("/socket", Token, ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority)));
        var clock = Stopwatch.StartNew();
        await Eventually.Is(
            async () =>
            {
                await socket!.SendAsync(new byte[13], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
                return clock.Elapsed > TimeSpan.FromSeconds(5);
            },
            "more than twice the limit has passed");
        Assert.False(gateway.Process.HasExited);
        socket!.Abort();
        Assert.Equal(0, await gateway.Process.WaitForExit());
        socket.Dispose();
    }

    // As a laptop does when it is shut, or a virtual machine that is moved.
    [Fact]
    public async Task A_machine_that_slept_longer_than_the_limit_finds_its_server_running()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "input"), ("WAIIDE_IDLE_TIMEOUT", "4s"));
        using var browser = gateway.Browser();
        gateway.Process.Signal("STOP");
        var clock = Stopwatch.StartNew();
        await Eventually.Is(() => clock.Elapsed > TimeSpan.FromSeconds(6), "the machine sleeps");
        gateway.Process.Signal("CONT");
        using var answer = await browser.SendAsync(HttpMethod.Post, "/api/activity", null, Token);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(0, await gateway.Process.WaitForExit());
    }
}
