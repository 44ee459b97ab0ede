using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.ServiceDefaults;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Telemetry;

/// <summary>Every way in which a WebSocket ends, done for real, and what is said of it: at /api/status, in the trace, in the notice.</summary>
public sealed class ConnectionEndTests
{
    private static readonly (string, string) Token = ("Authorization", "token " + RunningGateway.Token);
    private static readonly TimeSpan AMinute = TimeSpan.FromSeconds(75);

    [Fact]
    public async Task Whoever_ends_it_first_is_told_with_the_close_frame_and_the_span_says_the_same()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var gateway = await RunningGateway.StandaloneAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        using var browser = gateway.Browser();
        gateway.Ide.When("/closes", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.CloseAsync((WebSocketCloseStatus)4001, "enough", context.RequestAborted);
        });
        gateway.Ide.When("/cuts", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[10], context.RequestAborted);
            context.Abort();
        });
        gateway.Ide.When("/refuses", context =>
        {
            context.Response.StatusCode = 410;
            return Task.CompletedTask;
        });

        using (var closes = await OpenAsync(browser, gateway, "/one"))
        {
            await closes.Echo("hello");
            var open = Assert.Single((await StatusAsync(browser))["open"]!.AsArray())!;
            Assert.True((bool)open["accepted"]! && (string)open["upstream"]! == "ide" && (double)open["seconds"]! >= 0 && (long)open["received"]! == 11);
            await closes.CloseAsync((WebSocketCloseStatus)4321, "so \"long\"\n", CancellationToken.None);
        }

        var first = await EndedAsync(browser, 1);
        Assert.Equal(("client_closed", "The browser closed it (code 4321, \"so \"long\"?\")."), Told(first));

        using (var vanishes = await OpenAsync(browser, gateway, "/two"))
        {
            vanishes.Abort();
        }

        Assert.Equal("client_vanished", Told(await EndedAsync(browser, 2)).Reason);

        using (var closed = await OpenAsync(browser, gateway, "/closes"))
        {
            Assert.Equal((WebSocketCloseStatus)4001, await closed.CloseCode(AMinute));
        }

        Assert.Equal(("upstream_closed", "The IDE server closed it (code 4001, \"enough\")."), Told(await EndedAsync(browser, 3)));

        using (var cut = await OpenAsync(browser, gateway, "/cuts"))
        {
            await cut.SendAsync("x"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            Assert.Null(await cut.CloseCode(AMinute));
        }

        Assert.Equal(("upstream_vanished", "The IDE server cut it without a close frame."), Told(await EndedAsync(browser, 4)));

        var (none, refusal) = await browser.ConnectAsync("/refuses", Token, ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority)));
        Assert.Null(none);
        Assert.Equal(HttpStatusCode.Gone, refusal);
        Assert.Equal(("upstream_refused", "The IDE server did not accept it (status 410)."), Told(await EndedAsync(browser, 5)));

        var ended = (await StatusAsync(browser))["ended"]!.AsArray();
        foreach (var end in ended)
        {
            OtlpReceiver.Span? span = null;
            await Eventually.Is(() => (span = collector.Spans.Values.SingleOrDefault(span => span.Name == "websocket ide" && span.Attributes["waiide.websocket.id"] == (string)end!["id"]!)) is not null, "its span arrives");
            Assert.Equal((string)end!["trace"]!, span!.TraceId);
            Assert.Equal(((string)end["reason"]!, (string)end["sentence"]!), (span.Attributes["waiide.websocket.end.reason"], span.Attributes["waiide.websocket.end.sentence"]));
            Assert.Equal(((long)end["received"]!).ToString(System.Globalization.CultureInfo.InvariantCulture), span.Attributes["waiide.websocket.received.bytes"]);
            Assert.Equal((string)end["reason"]! is "upstream_vanished" or "upstream_refused" ? 2ul : 0ul, span.Status);
            Assert.Equal((string)end["reason"]! != "upstream_refused", collector.In(span.TraceId).Any(open => open.Name == "websocket open" && open.ParentId == span.SpanId));
        }

        // Of the IDE going away as a whole, which is run elsewhere.
        using var lost = await OpenAsync(browser, gateway, "/three");
        await gateway.Ide.DisposeAsync();
        Assert.Equal("ide_lost", Told(await EndedAsync(browser, 6)).Reason);
        Assert.Contains("The connection ended: the IDE server, which is run apart from the gateway, no longer answered.", await NoticesAsync(browser), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_server_that_nobody_used_says_so_when_it_is_back_and_forgets_it_once_the_window_is()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "input"), ("WAIIDE_IDLE_TIMEOUT", "8s"));
        using var browser = gateway.Browser();
        using (var socket = await OpenAsync(browser, gateway, "/one"))
        {
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await socket.CloseCode(TimeSpan.FromSeconds(20)));
            Assert.Equal(0, await gateway.Process.WaitForExit());
        }

        await gateway.RestartAsync(("WAIIDE_IDLE_TIMEOUT", "0"));

        Assert.Equal(("idle_stop", "The IDE server was stopped because nobody used it for 8 seconds."), Told(await EndedAsync(browser, 1)));
        Assert.Equal(["The connection ended: the IDE server was stopped because nobody used it for 8 seconds."], await NoticesAsync(browser));
        using var back = await OpenAsync(browser, gateway, "/?reconnectionToken=1&reconnection=false");
        await Eventually.Is(async () => (await NoticesAsync(browser)).Length == 0, "what the window has come back to is all it is told of"); // The gateway hears of it a moment after the window does.

        gateway.Process.Signal("TERM");
        await back.CloseCode(TimeSpan.FromSeconds(20));
        await gateway.Process.WaitForExit();
        await gateway.RestartAsync();
        Assert.Equal(("gateway_stopping", "The gateway was stopped."), Told(await EndedAsync(browser, 2)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(gateway.DataDirectory, "ended-connections.json")));

        // Whatever stands in that file, the gateway starts.
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(gateway.DataDirectory, "ended-connections.json")))!.AsArray();
        foreach (var wrong in (string[])["[null]", With("Reason", "no_such"), With("Reason", 3), With("Sentence", null)])
        {
            await RestartWithAsync(wrong);
            Assert.Empty((await StatusAsync(browser))["ended"]!.AsArray());
            await gateway.Process.WaitForOutput("ended-connections.json cannot be read");
        }

        // As versions before windows were told apart have left it.
        Assert.All(kept, line => line!.AsObject().Remove("Window"));
        await RestartWithAsync(kept.ToJsonString());
        Assert.Equal(("gateway_stopping", "The gateway was stopped."), Told(await EndedAsync(browser, 2)));

        string With(string field, JsonNode? value)
        {
            var lines = kept.DeepClone().AsArray();
            lines[0]![field] = value;
            return lines.ToJsonString();
        }

        async Task RestartWithAsync(string text)
        {
            gateway.Process.Signal("KILL");
            await gateway.Process.WaitForExit();
            await File.WriteAllTextAsync(Path.Combine(gateway.DataDirectory, "ended-connections.json"), text);
            await gateway.RestartAsync();
        }
    }

    [Fact]
    public async Task What_a_program_says_as_it_closes_is_told_to_whose_connection_it_was_and_to_nobody_else()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        gateway.Hub!.Users["carol"] = ["access:servers!server=ada/"];
        gateway.Ide.When("/user/ada/closes", Closes);
        gateway.Ide.When("/closes", Closes);
        using var browser = gateway.Browser();
        (string, string) ada = ("Authorization", "token " + gateway.Hub.TokenOf("ada")), carol = ("Authorization", "token " + gateway.Hub.TokenOf("carol"));
        using (var closed = await OpenAsync(browser, gateway, "/user/ada/closes", ada))
        {
            Assert.Equal((WebSocketCloseStatus)4001, await closed.CloseCode(AMinute));
        }

        var own = await EndedAsync(browser, 1, "/user/ada/api/status", ada, all: true);
        var others = await EndedAsync(browser, 1, "/user/ada/api/status", carol, all: true);

        Assert.Equal(("upstream_closed", "The IDE server closed it (code 4001, \"enough\")."), Told(own[0]!));
        Assert.Equal(("upstream_closed", "The IDE server closed it."), Told(others[0]!));

        static async Task Closes(Microsoft.AspNetCore.Http.HttpContext context)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.CloseAsync((WebSocketCloseStatus)4001, "enough", context.RequestAborted);
        }
    }

    // One wait for all of them, because none can be shorter than the hub's answer is remembered.
    [Fact]
    public async Task What_the_hub_or_the_person_takes_back_has_its_own_reason_each()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        var hub = gateway.Hub!;
        hub.Users["carol"] = ["access:servers!server=ada/"];
        using var stays = gateway.Browser();
        (string, string) owner = ("Authorization", "token " + hub.TokenOf("ada"));
        var (guest, revoked) = (hub.TokenOf("carol"), hub.TokenOf("ada"));
        using var guests = await OpenAsync(stays, gateway, "/user/ada/guest", ("Authorization", "token " + guest));
        using var revokeds = await OpenAsync(stays, gateway, "/user/ada/revoked", ("Authorization", "token " + revoked));
        hub.TokenLifetime = 15;
        using var short1 = await SignedInAsync(gateway);
        using var shorts = await OpenAsync(short1, gateway, "/user/ada/short", default);
        hub.TokenLifetime = 1000;
        using var leaves = await SignedInAsync(gateway);
        using var leaving = await OpenAsync(leaves, gateway, "/user/ada/leaves", default);
        Assert.True(hub.Tokens.TryRemove(revoked, out _));
        hub.Users["carol"] = [];

        using var logout = await leaves.OpenAsync("/user/ada/logout");
        var codes = await Task.WhenAll(new[] { guests, revokeds, shorts, leaving }.Select(socket => socket.CloseCode(AMinute)));
        Assert.All(codes, code => Assert.Equal(WebSocketCloseStatus.PolicyViolation, code));

        var ended = await EndedAsync(stays, 4, "/user/ada/api/status", owner, all: true);
        Assert.Equal(["access_withdrawn", "login_revoked", "session_expired", "signed_out"], ended.Select(end => (string)end!["reason"]!).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task An_IDE_of_the_gateways_own_that_is_killed_or_started_again_is_told_from_one_that_closes()
    {
        Prerequisites.Need("node", "setsid");
        using var home = new TempDirectory();
        var stub = new StubCodeServer(home.Path, Path.Combine(home.Path, "data"));
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", stub.Program), ("WAIIDE_DATA_DIR", Path.Combine(home.Path, "data")), ("WAIIDE_WORKSPACE", home.Path));
        using var browser = gateway.Browser();
        var first = await stub.Run();
        using (var killed = await OpenAsync(browser, gateway, "/?reconnectionToken=mine"))
        {
            StubCodeServer.Kill(first.Pid);
            Assert.Null(await killed.CloseCode(AMinute));
        }

        Assert.Equal(("ide_ended", "The IDE server's process ended with exit code 137 (killed, by hand or because the machine had no memory left)."), Told(await EndedAsync(browser, 1)));
        const string whyItEnded = "The connection ended: the IDE server's process ended with exit code 137 (killed, by hand or because the machine had no memory left).";
        Assert.Contains(whyItEnded, await NoticesAsync(browser), StringComparer.Ordinal);

        // The server that is there now does not know the window; what its person is told is what ended the one that did.
        await stub.Run(first);
        foreach (var (window, told, count) in new[] { ("mine", whyItEnded, 2), ("anothers", "The connection ended: the IDE server did not know this window any more: it was away for too long, or the server has been started anew since.", 3) })
        {
            using (var comesBack = await OpenWhenUsableAsync(browser, gateway, $"/?reconnectionToken={window}&reconnection=true"))
            {
                Assert.Null(await comesBack.CloseCode(AMinute));
            }

            Assert.Equal("turned_away", Told(await EndedAsync(browser, count)).Reason);
            Assert.Equal([told], await NoticesAsync(browser, window));
        }

        using (var restarted = await OpenWhenUsableAsync(browser, gateway, "/two"))
        {
            using var restart = await browser.SendAsync(HttpMethod.Post, "/api/restart", null, Token);
            Assert.Equal(HttpStatusCode.Accepted, restart.StatusCode);
            Assert.Null(await restarted.CloseCode(AMinute));
        }

        Assert.Equal("ide_restarted", Told(await EndedAsync(browser, 4)).Reason);

        using (var closes = await OpenWhenUsableAsync(browser, gateway, "/closes?reconnection=true"))
        {
            await closes.CloseCode(AMinute);
        }

        Assert.Equal(("upstream_closed", "The IDE server closed it."), Told(await EndedAsync(browser, 5)));
    }

    [SkippableFact]
    public async Task A_window_that_comes_back_to_extensions_that_the_memory_guard_has_ended_is_told_so()
    {
        Prerequisites.Need("node", "setsid");
        using var home = new TempDirectory();
        var stub = new StubCodeServer(home.Path, Path.Combine(home.Path, "data"));
        // Less than the gateway and its stub take, shipped as well as built.
        await using var gateway = await RunningGateway.StandaloneAsync(
            ("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", stub.Program), ("WAIIDE_DATA_DIR", Path.Combine(home.Path, "data")), ("WAIIDE_WORKSPACE", home.Path), ("STUB_MODE", "abandons"), ("MEM_LIMIT", "20M"));
        using var browser = gateway.Browser();
        await gateway.Process.WaitForOutput(" is ended: its browser has been gone", TimeSpan.FromSeconds(90));

        using (var comesBack = await OpenAsync(browser, gateway, "/?reconnectionToken=1&reconnection=true"))
        {
            await comesBack.CloseCode(AMinute);
        }

        Assert.Equal("memory_guard", Told(await EndedAsync(browser, 1)).Reason);
    }

    [Fact]
    public async Task More_than_the_gateway_allows_are_refused_and_counted()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        var sockets = new List<ClientWebSocket>();
        for (var batch = 0; batch < 32; batch++)
        {
            sockets.AddRange(await Task.WhenAll(Enumerable.Range(0, 32).Select(number => OpenAsync(browser, gateway, "/many"))));
        }

        var (none, status) = await browser.ConnectAsync("/many", Token, ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority)));

        Assert.Null(none);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(("too_many", "The gateway had as many connections open as it allows: 1024."), Told(await EndedAsync(browser, 1)));
        sockets.ForEach(socket => socket.Dispose());
    }

    private static (string Reason, string Sentence) Told(JsonNode end) => ((string)end["reason"]!, (string)end["sentence"]!);

    private static Task<ClientWebSocket> OpenAsync(Browser browser, RunningGateway gateway, string target) => OpenAsync(browser, gateway, target, Token);

    private static async Task<ClientWebSocket> OpenAsync(Browser browser, RunningGateway gateway, string target, (string Name, string Value) credential)
    {
        (string, string) origin = ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority));
        var (socket, status) = await browser.ConnectAsync(target, credential.Name is null ? [origin] : [origin, credential]);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        return socket!;
    }

    private static async Task<ClientWebSocket> OpenWhenUsableAsync(Browser browser, RunningGateway gateway, string target)
    {
        ClientWebSocket? socket = null;
        await Eventually.Is(async () => (socket = (await browser.ConnectAsync(target, Token, ("Origin", gateway.Url.GetLeftPart(UriPartial.Authority)))).Socket) is not null, "the IDE can be used");
        return socket!;
    }

    private static async Task<Browser> SignedInAsync(RunningGateway gateway)
    {
        var browser = gateway.Browser("ada");
        var (answer, _) = await browser.FollowAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return browser;
    }

    private static async Task<JsonNode> StatusAsync(Browser browser, string target = "/api/status", (string, string)? credential = null)
    {
        using var answer = await browser.SendAsync(HttpMethod.Get, target, null, credential ?? Token);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["connections"]!;
    }

    /// <summary>The last of the ended connections, once there are <paramref name="count"/>.</summary>
    private static async Task<JsonNode> EndedAsync(Browser browser, int count) => (await EndedAsync(browser, count, "/api/status", Token, all: false))[0]!;

    private static async Task<JsonArray> EndedAsync(Browser browser, int count, string target, (string, string) credential, bool all)
    {
        JsonArray ended = [];
        await Eventually.Is(async () => (ended = (await StatusAsync(browser, target, credential))["ended"]!.AsArray()).Count >= count, $"{count} connections have ended{(all ? " in all" : "")}");
        Assert.Equal(count, ended.Count);
        return ended;
    }

    private static async Task<string[]> NoticesAsync(Browser browser, string window = "")
    {
        using var answer = await browser.SendAsync(HttpMethod.Get, "/api/notices", null, Token, ("Waiide-Window", window));
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["notices"]!.AsArray().Where(notice => (string)notice!["id"]! == "connection").Select(notice => (string)notice!["text"]!)];
    }
}
