using System.Net;
using System.Text.Json.Nodes;
using Waiide.Tests.Gateway.Auth;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Api;

/// <summary>S9: who may start the IDE server again, from where, and by what.</summary>
public class RestartTests(UnderAHub world) : IClassFixture<UnderAHub>
{
    private const string Path = "/user/ada/api/restart";

    [Fact]
    public async Task Only_our_own_pages_and_a_token_in_the_header_come_through_whatever_a_browser_says_of_the_request()
    {
        using var browser = world.Gateway.Browser("ada");
        (await browser.FollowAsync("/user/ada/")).Answer.Dispose();
        using var stranger = world.Gateway.Browser();
        var token = ("Authorization", "token " + world.Hub.TokenOf("ada"));
        var ours = $"http://{world.Gateway.Authority}";
        var all =
            from site in new[] { null, "none", "same-origin", "same-site", "cross-site", "nonsense" }
            from mode in new[] { null, "navigate", "cors", "no-cors", "same-origin", "websocket", "nonsense" }
            from origin in new[] { null, ours, "https://evil.example.org", "null", ours + ".evil.com" }
            from type in new[] { null, "application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "application/json" }
            select (site, mode, origin, type);
        foreach (var (site, mode, origin, type) in all)
        {
            List<(string, string)> headers = [];
            headers.AddRange(site is null ? [] : [("Sec-Fetch-Site", site)]);
            headers.AddRange(mode is null ? [] : [("Sec-Fetch-Mode", mode)]);
            headers.AddRange(origin is null ? [] : [("Origin", origin)]);

            // 409, because this IDE is not the gateway's own: the request came through.
            var expected = origin == ours && (site is null or "none" or "same-origin") ? HttpStatusCode.Conflict : HttpStatusCode.Forbidden;
            Assert.True(expected == await Post(browser, type, headers), $"by cookie: {site}, {mode}, {origin}, {type}");
            Assert.True(HttpStatusCode.Conflict == await Post(stranger, type, [.. headers, token]), $"by token: {site}, {mode}, {origin}, {type}");
            Assert.True(HttpStatusCode.Unauthorized == await Post(stranger, type, headers), $"by nothing: {site}, {mode}, {origin}, {type}");
        }

        static async Task<HttpStatusCode> Post(Browser browser, string? type, IEnumerable<(string, string)> headers)
        {
            using var content = new ByteArrayContent("a=b"u8.ToArray());
            if (type is not null)
            {
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            }

            using var answer = await browser.SendAsync(HttpMethod.Post, Path, content, [.. headers]);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task An_IDE_that_somebody_else_runs_is_not_the_gateways_to_restart()
    {
        using var answer = await Send("ada", HttpMethod.Post);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var message = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"]!;
        Assert.Contains("WAIIDE_IDE_URL", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("carol")]
    [InlineData("bob")]
    [InlineData("root")]
    public async Task Who_may_at_most_use_the_server_may_not_restart_its_IDE(string user)
    {
        using var answer = await Send(user, HttpMethod.Post);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var words = (await answer.Content.ReadAsStringAsync()).Contains("may use this server, but not stop or start it", StringComparison.Ordinal);
        Assert.Equal(user == "carol", words);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    public async Task Every_other_method_is_a_405(string method)
    {
        using var answer = await Send("ada", new HttpMethod(method));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal("POST", Assert.Single(answer.Content.Headers.Allow));
    }

    private async Task<HttpResponseMessage> Send(string user, HttpMethod method)
    {
        using var browser = world.Gateway.Browser();
        return await browser.SendAsync(method, Path, null, ("Authorization", "token " + world.Hub.TokenOf(user)));
    }
}

/// <summary>The same with an IDE server of the gateway's own, which really starts again.</summary>
public sealed class RestartOfTheIdeTests : IDisposable
{
    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [SkippableFact]
    public async Task The_IDE_starts_again_and_the_gateway_and_its_sessions_stay()
    {
        Prerequisites.Need("node", "setsid");
        var stub = new StubCodeServer(_home.Path, _home.Path);
        await using var gateway = await Supervised(stub);
        using var browser = gateway.Browser("ada");
        using (var page = (await browser.FollowAsync("/user/ada/")).Answer)
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        var first = await stub.Run();
        var ours = ("Origin", $"http://{gateway.Authority}");

        using (var refused = await browser.SendAsync(HttpMethod.Post, "/user/ada/api/restart", null, ("Origin", "https://evil.example.org"), ("Sec-Fetch-Mode", "no-cors")))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using (var answer = await browser.SendAsync(HttpMethod.Post, "/user/ada/api/restart", null, ours))
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.True(answer.Headers.CacheControl!.NoStore);
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            await Eventually.Is(
                async () =>
                {
                    using var status = await browser.FetchAsync((string)json["poll"]!);
                    var now = JsonNode.Parse(await status.Content.ReadAsStringAsync())!;
                    return (int)now["ide"]!["restarts"]! > (int)json["restarts"]! && (string)now["services"]!["WAIIDE"]!["status"]! == "running";
                },
                "the address to poll says that the IDE is back");
        }

        var second = await stub.Run(first);
        Assert.False(StubCodeServer.Lives(first.Pid));
        Assert.Equal(2, stub.Starts.Length);

        // A form, where there are no scripts: back to the page.
        using var form = await browser.SendAsync(HttpMethod.Post, "/user/ada/api/restart", new FormUrlEncodedContent([]), ours, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.SeeOther, form.StatusCode);
        Assert.Equal("/user/ada/", form.Headers.Location!.OriginalString);
        await stub.Run(second);
        Assert.False(gateway.Process.HasExited);
        await Eventually.Is(
            async () =>
            {
                using var page = await browser.OpenAsync("/user/ada/x");
                return page.StatusCode == HttpStatusCode.OK && page.Headers.Contains("X-Stub");
            },
            "the same session opens the IDE again");
    }

    [SkippableFact]
    public async Task The_hubs_poll_never_sees_a_server_error_whatever_the_IDE_does()
    {
        Prerequisites.Need("node", "setsid");
        var stub = new StubCodeServer(_home.Path, _home.Path);
        await using var gateway = await Supervised(stub);
        using var browser = gateway.Browser();
        var token = ("Authorization", "token " + gateway.Hub!.TokenOf("ada"));
        var first = await stub.Run();

        using (var restart = await browser.SendAsync(HttpMethod.Post, "/user/ada/api/restart", null, token))
        {
            await Polls(async () => (await stub.Run(first)).Pid > 0);
        }

        // Broken for good: it fails at every start from now on.
        File.WriteAllText(stub.Program, "#!/bin/sh\necho '<b>no</b>'; exit 3\n");
        using (var restart = await browser.SendAsync(HttpMethod.Post, "/user/ada/api/restart", null, token))
        {
            await Polls(async () => (string)(await Status())["services"]!["WAIIDE"]!["status"]! == "failed");
        }

        async Task Polls(Func<Task<bool>> until)
        {
            var done = until();
            do
            {
                var polls =
                    from method in new[] { HttpMethod.Get, HttpMethod.Head }
                    from target in new[] { "/user/ada/", "/user/ada/api" }
                    from headers in new (string, string)[][] { [], [token] }
                    select (method, target, headers);
                foreach (var (method, target, headers) in polls)
                {
                    using var answer = await browser.SendAsync(method, target, null, headers);
                    Assert.True((int)answer.StatusCode < 500, $"{method} {target}: {answer.StatusCode}");
                    Assert.NotEmpty(answer.Headers.GetValues("X-JupyterHub-Version"));
                }

                if (done.IsCompleted && !await done)
                {
                    done = until();
                }
            }
            while (!done.IsCompleted || !await done);
        }

        async Task<JsonNode> Status()
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/api/status", null, token);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }
    }

    [SkippableFact]
    public async Task A_server_that_is_not_yet_ready_for_it_says_so()
    {
        Prerequisites.Need("node", "setsid");
        var stub = new StubCodeServer(_home.Path, _home.Path);
        await using var gateway = await Supervised(stub);
        var first = await stub.Run();
        gateway.Process.Signal("KILL");
        await gateway.Process.WaitForExit();

        // Before it begins, a gateway ends what the one before it left running; and this one has to wait for the word that says what that is.
        var file = System.IO.Path.Combine(_home.Path, "run-mark");
        var mark = await File.ReadAllTextAsync(file);
        File.Delete(file);
        using (var pipe = System.Diagnostics.Process.Start("mkfifo", [file]))
        {
            await pipe.WaitForExitAsync();
        }

        var word = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using var browser = gateway.Browser();
        try
        {
            await gateway.RestartWithoutWaitingAsync();
            using var answer = await Restart();

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("just starting or stopping", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
            await word.WriteAsync(System.Text.Encoding.ASCII.GetBytes(mark));
            await word.DisposeAsync();
        }

        await stub.Run(first);
        Assert.False(StubCodeServer.Lives(first.Pid));
        using var later = await Restart();
        Assert.Equal(HttpStatusCode.Accepted, later.StatusCode);

        Task<HttpResponseMessage> Restart() => browser.SendAsync(HttpMethod.Post, "/user/ada/api/restart", null, ("Authorization", "token " + gateway.Hub!.TokenOf("ada")));
    }

    private async Task<RunningGateway> Supervised(StubCodeServer stub, params (string, string)[] environment) => await RunningGateway.StartAsync(
        await StubHub.StartAsync(), [("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", stub.Program), ("WAIIDE_DATA_DIR", _home.Path), ("WAIIDE_WORKSPACE", _home.Path), .. environment]);
}
