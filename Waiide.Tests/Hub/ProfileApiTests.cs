using System.Net;
using System.Text.Json.Nodes;

namespace Waiide.Tests.Hub;

/// <summary>What versions tell about users and servers, and which names and runs of servers they know.</summary>
[Collection(ProfileHubTests.Name)]
public sealed class ProfileApiTests(ProfileHubs hubs)
{
    public static TheoryData<string, string, bool> KeysOfOneself => ProfileHubs.Table(
        ("token_id", false, false, true, true),
        ("user_info", false, false, false, true),
        ("session_id", true, true, true, true),
        ("scopes", true, true, true, true));

    [Theory]
    [MemberData(nameof(KeysOfOneself))]
    public async Task Whoever_asks_who_they_are_is_told(string profile, string key, bool isTold)
    {
        using var server = new Browser(hubs[profile].Api);
        using var answer = await server.GetAsync("/hub/api/user", ("Authorization", $"token {ProfileHubs.AliceToken}"));
        Assert.Equal(isTold, (await ReadAsync(answer)).AsObject().ContainsKey(key));
    }

    public static TheoryData<string, string, bool> KeysOfServers => ProfileHubs.Table(
        ("name", true, true, true, true),
        ("progress_url", true, true, true, true),
        ("full_name", false, false, true, true),
        ("full_url", false, false, true, true),
        ("full_progress_url", false, false, true, true),
        ("display_name", false, false, false, true));

    [Theory]
    [MemberData(nameof(KeysOfServers))]
    public async Task A_server_is_described_by(string profile, string key, bool isTold)
    {
        using var browser = await hubs[profile].SignedInAsync("alice");
        using var answer = await browser.GetAsync("/hub/api/user", ("Referer", hubs[profile].Front + "hub/home"));
        Assert.Equal(isTold, (await ReadAsync(answer))["servers"]![""]!.AsObject().ContainsKey(key));
    }

    [Theory]
    [InlineData("3.0", "access:servers!user=alice")]
    [InlineData("4.1", "access:servers!server=alice/")]
    [InlineData("5.5", "access:servers!server=alice/")]
    [InlineData("6.0", "access:servers!server=alice/")]
    public async Task A_servers_own_token_reaches(string profile, string scope)
    {
        using var server = new Browser(hubs[profile].Api);
        using var answer = await server.GetAsync("/hub/api/user", ("Authorization", $"token {ProfileHubs.AliceToken}"));
        Assert.Equal(
            [scope, "read:users:activity!user=alice", "read:users:groups!user=alice", "read:users:name!user=alice", "users:activity!user=alice"],
            (await ReadAsync(answer))["scopes"]!.AsArray().Select(each => each!.GetValue<string>()));
    }

    public static TheoryData<string, string, bool> Names => ProfileHubs.Table(
        ("plain", true, true, true, true),
        ("with-dash-2", true, true, true, true),
        ("Upper", true, true, true, false),
        ("a_b", true, true, true, false),
        ("2nd", true, true, true, false),
        ("ends-", true, true, true, false),
        ("one--two", true, true, true, false),
        ("abcdefghijklmnopqrstuvwxyzabcde", true, true, true, false),
        ("of%2Fslash", false, false, false, false));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_named_server_may_be_called(string profile, string name, bool isTaken)
    {
        using var root = new Browser(hubs[profile].Api);
        using var started = await root.SendAsync(HttpMethod.Post, $"/hub/api/users/bob/servers/{name}", content: null, ("Authorization", $"token {ProfileHubs.OperatorToken}"));
        Assert.Equal(isTaken ? HttpStatusCode.Created : HttpStatusCode.BadRequest, started.StatusCode);
        using var stopped = await root.SendAsync(HttpMethod.Delete, $"/hub/api/users/bob/servers/{name}", content: null, ("Authorization", $"token {ProfileHubs.OperatorToken}"));
        Assert.Equal(isTaken ? HttpStatusCode.NoContent : HttpStatusCode.NotFound, stopped.StatusCode);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task A_server_that_was_started_again_is_another_client(string profile)
    {
        const string authorize = "/hub/api/oauth2/authorize?client_id=jupyterhub-user-root&response_type=code&state=abc";
        using var operators = new Browser(hubs[profile].Api);
        using var browser = await hubs[profile].SignedInAsync("root");
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(browser, authorize)); // It never ran: no client.

        var first = await StartAsync();
        var code = await browser.CodeAsync("root");
        Assert.Equal(HttpStatusCode.OK, await ExchangeAsync(first, await browser.CodeAsync("root")));
        using var stopped = await operators.SendAsync(HttpMethod.Delete, "/hub/api/users/root/server", content: null, ("Authorization", $"token {ProfileHubs.OperatorToken}"));
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(browser, authorize));
        Assert.Equal(HttpStatusCode.Unauthorized, await ExchangeAsync(first, code));

        var second = await StartAsync();
        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.Unauthorized, await ExchangeAsync(first, await browser.CodeAsync("root")));
        Assert.Equal(HttpStatusCode.BadRequest, await ExchangeAsync(second, code));
        Assert.Equal(HttpStatusCode.OK, await ExchangeAsync(second, await browser.CodeAsync("root")));
        using var asked = await operators.GetAsync("/hub/api/user", ("Authorization", $"token {first}"));
        Assert.Equal(HttpStatusCode.Forbidden, asked.StatusCode);
        using var again = await operators.SendAsync(HttpMethod.Delete, "/hub/api/users/root/server", content: null, ("Authorization", $"token {ProfileHubs.OperatorToken}"));

        // The server tells its environment, and with it the token of this run.
        async Task<string> StartAsync()
        {
            using var started = await operators.SendAsync(HttpMethod.Post, "/hub/api/users/root/server", content: null, ("Authorization", $"token {ProfileHubs.OperatorToken}"));
            Assert.Equal(HttpStatusCode.Created, started.StatusCode);
            using var told = await browser.GetAsync("/user/root/env");
            return (await ReadAsync(told))["env"]!["JUPYTERHUB_API_TOKEN"]!.GetValue<string>();
        }

        async Task<HttpStatusCode> ExchangeAsync(string secret, string code)
        {
            using var answer = await operators.PostFormAsync(
                "/hub/api/oauth2/token", ("grant_type", "authorization_code"), ("client_id", "jupyterhub-user-root"), ("client_secret", secret), ("code", code));
            return answer.StatusCode;
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(Browser browser, string target)
    {
        using var answer = await browser.GetAsync(target);
        return answer.StatusCode;
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
