using System.Diagnostics;
using Waiide.Tests.Gateway.Proxy;
using Waiide.Tests.Security.Smuggling;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S15: what a stranger, or one session, can make the gateway hold has an end.</summary>
public class S15_DenialOfServiceTests(S15_DenialOfServiceTests.Standalone world) : IClassFixture<S15_DenialOfServiceTests.Standalone>
{
    public sealed class Standalone : IAsyncLifetime
    {
        internal RunningGateway Gateway { get; private set; } = null!;

        public async Task InitializeAsync() => Gateway = await RunningGateway.StandaloneAsync();

        public async Task DisposeAsync() => await Gateway.DisposeAsync();
    }

    [Fact]
    public async Task Who_sends_headers_slowly_is_cut()
    {
        var clock = Stopwatch.StartNew();
        using var slow = await Conversation.WithAsync(world.Gateway.Port);
        Assert.True(await slow.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\n"));

        // A line each second, as such attacks do: the time is for all of them.
        var ended = slow.ListenAsync();
        while (!ended.IsCompleted && await slow.SayAsync("X-A: b\r\n"))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The gateway still waits for headers after 30 s.");
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(1)));
        }

        Assert.True(await ended is null or { Status: 408 });
    }

    [Fact]
    public async Task Many_slow_ones_do_not_keep_others_from_their_answer()
    {
        var slow = new List<Conversation>();
        for (var i = 0; i < 300; i++)
        {
            slow.Add(await Conversation.WithAsync(world.Gateway.Port));
            await slow[^1].SayAsync("GET / HTTP/1.1\r\nHost: ");
        }

        using var caller = new Caller(world.Gateway);
        using var answer = await caller.AskAsync("GET", "/health").WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (int)answer.StatusCode);
        slow.ForEach(one => one.Dispose());
    }

    [Theory]
    [InlineData(33_000, 0, 0, 414)]
    [InlineData(0, 1, 70_000, 431)]
    [InlineData(0, 9, 8_000, 431)]
    [InlineData(0, 200, 1, 431)]
    public async Task A_request_without_measure_is_refused(int path, int headers, int length, int status)
    {
        var request = $"GET /{new string('a', path)} HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, headers).Select(i => $"X-A{i}: {new string('a', length)}\r\n"))}\r\n";
        Assert.Equal(status, await RawHttp.StatusAsync(world.Gateway.Port, request));
    }

    [Fact]
    public async Task A_strangers_upload_is_refused_before_it_is_read()
    {
        await Unheard.By(world.Gateway.Ide, async () =>
        {
            var answer = await Wire.Exchange(world.Gateway.Port, "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000\r\n\r\nabc");
            Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_form_that_is_too_large_is_refused()
    {
        Assert.Equal(413, await RawHttp.StatusAsync(
            world.Gateway.Port, $"POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\n{new string('a', 20000)}"));
    }

    [Fact]
    public async Task There_is_a_last_WebSocket_and_when_one_ends_there_is_room_for_the_next()
    {
        using var caller = new Caller(world.Gateway);
        var token = ("Authorization", "token " + RunningGateway.Token);
        var open = new List<HttpResponseMessage>();
        while (open.Count < 1100 && await caller.ConnectAsync("/ws", token) is { StatusCode: System.Net.HttpStatusCode.SwitchingProtocols } socket)
        {
            open.Add(socket);
        }

        Assert.Equal(1024, open.Count);
        using var refused = await caller.ConnectAsync("/ws", token);
        Assert.Equal(503, (int)refused.StatusCode);
        using var page = await caller.AskAsync("GET", "/x", token);
        Assert.Equal(200, (int)page.StatusCode);

        open[0].Dispose();
        await Eventually.Is(
            async () =>
            {
                using var next = await caller.ConnectAsync("/ws", token);
                return next.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols;
            },
            "the place of a WebSocket that has ended is free again");
        open.ForEach(socket => socket.Dispose());
    }
}
