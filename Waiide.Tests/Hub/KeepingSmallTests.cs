using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>What users can put into the hub has a limit, and nothing that they put there breaks what others ask for.</summary>
public sealed class KeepingSmallTests
{
    [Fact]
    public async Task Notes_requests_and_tokens_have_a_limit()
    {
        await using var hub = await HubCalls.StartAsync();

        var longest = await NoteAsync(new string('n', 1023));
        var tooLong = await NoteAsync(new string('n', 1024));
        var huge = await NoteAsync(new string('n', 900_000));
        for (var i = 1; i < 1000; i++)
        {
            Assert.Equal(201, (await NoteAsync($"token {i}.")).Status);
        }

        var oneMore = await NoteAsync("one more");
        Assert.Equal((201, 400, 413), (longest.Status, tooLong.Status, huge.Status));
        Assert.Equal("token note must not be longer than 1023 characters", tooLong.Message);
        Assert.Equal((400, "User alice already has the maximum of 1000 tokens.  One must be revoked before a new one can be made"), (oneMore.Status, oneMore.Message));
        Assert.Equal(201, (await hub.CallAsync("POST", "users/bob/tokens")).Status);

        using var browser = await hub.SignedInAsync("alice");
        using var page = await browser.GetAsync("/hub/token");
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("These are the newest 200 of 1000.", text, StringComparison.Ordinal);
        Assert.Contains("token 999.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("token 799.", text, StringComparison.Ordinal);

        Task<HubCalls.Answer> NoteAsync(string note) => hub.CallAsync("POST", "users/alice/tokens", $$"""{"note": "{{note}}"}""");
    }

    [SkippableFact]
    public async Task Options_for_a_server_have_a_limit()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync();
        Assert.Equal(413, (await hub.StartServerAsync("alice/server", Options(70_000))).Status);
        Assert.Null(await hub.ServerAsync("alice"));
        Assert.Equal(201, (await hub.StartServerAsync("alice/server", Options(60_000))).Status);

        static string Options(int length) => $$"""{"x": "{{new string('x', length)}}"}""";
    }

    [Theory]
    [InlineData("users/alice/servers/p", """{"x": "\ud800"}""")]
    [InlineData("users/alice/servers/p", """{"\udc00": 1}""")]
    [InlineData("users/alice/tokens", """{"note": "\ud800"}""")]
    [InlineData("users", """{"usernames": ["\ud800"]}""")]
    public async Task Half_a_surrogate_is_no_text(string path, string body)
    {
        await using var hub = await HubCalls.StartAsync();
        var answer = await hub.CallAsync("POST", path, body);
        Assert.Equal((400, "Invalid JSON in body of request"), (answer.Status, answer.Message));
        Assert.Equal(200, (await hub.CallAsync("GET", "users?include_stopped_servers")).Status);
    }

    [SkippableFact]
    public async Task Only_so_many_servers_start_at_once()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("ConcurrentSpawnLimit", "2"), ("Spawner:SlowSpawnTimeout", "0.2"), ("Spawner:HttpTimeout", "20"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => hub.StartServerAsync($"alice/servers/never-{i}")));

        Assert.Equal(2, answers.Count(answer => answer.Status == 202));
        var refused = answers.Where(answer => answer.Status != 202).ToArray();
        Assert.All(refused, answer => Assert.Equal(429, answer.Status));
        Assert.All(refused, answer => Assert.Matches("^Too many users trying to log in right now. Try again in [3-6]0 seconds.$", answer.Message));

        using var browser = await hub.SignedInAsync("bob");
        using var page = await browser.GetAsync("/hub/spawn/bob");
        Assert.Equal(HttpStatusCode.TooManyRequests, page.StatusCode);
        Assert.InRange(page.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 30, 60);
    }

    [SkippableFact]
    public async Task Only_so_many_servers_are_there_until_one_has_stopped()
    {
        Prerequisites.Need("node");
        await using var hub = await HubCalls.StartAsync(("ActiveServerLimit", "1"));
        Assert.Equal(201, (await hub.StartServerAsync("alice/server")).Status);
        var second = await hub.StartServerAsync("bob/server");
        Assert.Equal((429, "Active user limit exceeded. Try again in a few minutes."), (second.Status, second.Message));
        await hub.StopServerAsync("alice/server");
        Assert.Equal(201, (await hub.StartServerAsync("bob/server")).Status);
    }
}
