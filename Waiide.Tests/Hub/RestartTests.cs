using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub that stops, or is killed, and starts again with the same database goes on as if nothing had been.</summary>
public sealed class RestartTests : IDisposable
{
    private const string ServerToken = "alice-server-token-0123456789abcdef";

    private readonly TempDirectory _folder = new();

    private string Database => Path.Combine(_folder.Path, "hub.sqlite");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Users_stay_signed_in_and_everything_is_as_it_was(string signal)
    {
        await using var server = await StubIde.StartAsync();
        await using var hub = await StartAsync(server);
        using var root = await hub.SignedInAsync("root");
        var (_, admin) = await CreateTokenAsync(root, "root");
        using var alice = await hub.SignedInAsync("alice");
        var (_, lasting) = await CreateTokenAsync(alice, "alice", """{"note": "lasting", "scopes": ["read:users!user"]}""");
        var (_, ending) = await CreateTokenAsync(alice, "alice", """{"note": "ending", "expires_in": 3600}""");
        var (revokedId, revoked) = await CreateTokenAsync(alice, "alice");
        await DeleteTokenAsync(alice, "alice", revokedId);
        var oauth = await ExchangeAsync(hub, await alice.CodeAsync("alice"));
        foreach (var token in new[] { lasting, ending, oauth, ServerToken, admin })
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, token));
        }

        await ReportActivityAsync(hub, "alice", ServerToken);
        var before = (User: await TextAsync(hub, "/hub/api/users/alice", admin), Tokens: await TextAsync(hub, "/hub/api/users/alice/tokens", admin));

        await RestartAsync(hub, signal);

        await hub.Process.WaitForOutput("The server at /user/alice/ is Ready.");
        Assert.Equal(before, (await TextAsync(hub, "/hub/api/users/alice", admin), await TextAsync(hub, "/hub/api/users/alice/tokens", admin)));
        foreach (var token in new[] { lasting, ending, oauth, ServerToken })
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, token));
        }

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, revoked));
        using var home = await alice.GetAsync("/hub/home");
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);

        // With the form token of before; and the session ends for both, as if it had been opened now.
        await CreateTokenAsync(alice, "alice");
        using var logout = await alice.GetAsync("/hub/logout");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, oauth));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, lasting));
    }

    [Fact]
    public async Task A_token_of_the_configuration_stays_the_same_token()
    {
        await using var hub = await StartAsync();
        var id = JsonNode.Parse(await TextAsync(hub, "/hub/api/user", "service-token-0123456789"))!["token_id"]!.GetValue<string>();
        await RestartAsync(hub, "TERM");
        Assert.Equal(id, JsonNode.Parse(await TextAsync(hub, "/hub/api/user", "service-token-0123456789"))!["token_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_ended_before_a_kill_stays_ended_and_ids_are_not_given_out_again()
    {
        await using var hub = await StartAsync();
        using var bob = await hub.SignedInAsync("bob");
        var (first, _) = await CreateTokenAsync(bob, "bob");
        var (last, secret) = await CreateTokenAsync(bob, "bob");
        var cookies = bob.CookiesFor("/hub/");
        using var bobElsewhere = await hub.SignedInAsync("bob");
        await DeleteTokenAsync(bob, "bob", last);
        using (var logout = await bob.GetAsync("/hub/logout"))
        {
            Assert.Equal(HttpStatusCode.Found, logout.StatusCode);
        }

        await RestartAsync(hub, "KILL");

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, secret));
        using var thief = hub.NewBrowser();
        using var home = await thief.GetAsync("/hub/home", ("Cookie", cookies));
        Assert.StartsWith("/hub/login", home.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var (next, _) = await CreateTokenAsync(bobElsewhere, "bob");
        Assert.DoesNotContain(next, new[] { first, last });
    }

    [Fact]
    public async Task The_configuration_is_applied_to_what_the_database_knows()
    {
        await using var server = await StubIde.StartAsync();
        await using var hub = await StartAsync(server);
        using var alice = await hub.SignedInAsync("alice");
        using var bob = await hub.SignedInAsync("bob");
        using var root = await hub.SignedInAsync("root");
        var (_, ofAlice) = await CreateTokenAsync(alice, "alice");
        var (_, admin) = await CreateTokenAsync(root, "root");
        var oauth = await ExchangeAsync(hub, await alice.CodeAsync("alice"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, "service-token-0123456789"));

        // Alice gets another password, bob leaves the configuration, carol comes, the server goes and the service has another token.
        await StopAsync(hub, "TERM");
        hub.Change(
            ("Users:alice", "new password"), ("Users:bob", null), ("Users:carol", "pw"), ("Admins", "root,alice"), ("Services:0:ApiToken", "another-token-0123456789"),
            ("Servers:0:User", null), ("Servers:0:Url", null), ("Servers:0:ApiToken", null));
        await hub.StartAgainAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, "service-token-0123456789"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, "another-token-0123456789"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, ServerToken));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, oauth));
        var model = JsonNode.Parse(await TextAsync(hub, "/hub/api/users/alice?include_stopped_servers=1", admin))!;
        Assert.Equal("{}", model["servers"]!.ToJsonString());
        Assert.True(model["admin"]!.GetValue<bool>());

        // The old password opens nothing, nor does what it had opened; a token is no password.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, ofAlice));
        using var home = await alice.GetAsync("/hub/home");
        Assert.StartsWith("/hub/login", home.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var stranger = hub.NewBrowser();
        using var refused = await stranger.SignInAsync("alice", "pw");
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        using var again = await hub.SignedInAsync("alice", "new password");

        // Whoever the database knows stays, with the password that it keeps.
        using var homeOfBob = await bob.GetAsync("/hub/home");
        Assert.Equal(HttpStatusCode.OK, homeOfBob.StatusCode);
        using var bobAgain = await hub.SignedInAsync("bob");
        using var carol = await hub.SignedInAsync("carol");
    }

    [Fact]
    public async Task A_password_that_an_administrator_set_is_not_undone_by_a_restart_and_ends_what_the_old_one_opened()
    {
        await using var server = await StubIde.StartAsync();
        await using var hub = await StartAsync(server);
        using var alice = await hub.SignedInAsync("alice");
        var (_, token) = await CreateTokenAsync(alice, "alice");
        var oauth = await ExchangeAsync(hub, await alice.CodeAsync("alice"));
        using var root = await hub.SignedInAsync("root");
        using var answer = await root.SendAsync(HttpMethod.Post, "/hub/admin/users/alice/password", content: null, Xsrf(root));
        var password = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["password"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, oauth));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, token));

        await RestartAsync(hub, "TERM");

        using var again = await hub.SignedInAsync("alice", password);
        using var stranger = hub.NewBrowser();
        using var refused = await stranger.SignInAsync("alice", "pw");
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
    }

    [Fact]
    public async Task A_session_by_the_password_that_all_know_ends_with_the_users_first_own_one()
    {
        await using var hub = await RunningHub.StartAsync(("Database", Database), ("DummyPassword", "demo"), ("Users:root", "pw"), ("Admins", "root"));
        using var stranger = await hub.SignedInAsync("alice", "demo");
        using var root = await hub.SignedInAsync("root");
        using var answer = await root.SendAsync(HttpMethod.Post, "/hub/admin/users/alice/password", content: null, Xsrf(root));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var home = await stranger.GetAsync("/hub/home");
        Assert.Equal(HttpStatusCode.Found, home.StatusCode);
    }

    [Fact]
    public async Task A_changed_password_signs_the_user_out_everywhere()
    {
        await using var server = await StubIde.StartAsync();
        await using var hub = await StartAsync(server);
        using var alice = await hub.SignedInAsync("alice");
        using var bob = await hub.SignedInAsync("bob");
        var oauth = await ExchangeAsync(hub, await alice.CodeAsync("alice"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, oauth));

        await StopAsync(hub, "TERM");
        hub.Change(("Users:alice", "new password"));
        await hub.StartAgainAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(hub, oauth));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub, ServerToken));
        using var home = await alice.GetAsync("/hub/home");
        Assert.StartsWith("/hub/login", home.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var homeOfBob = await bob.GetAsync("/hub/home");
        Assert.Equal(HttpStatusCode.OK, homeOfBob.StatusCode);
    }

    [Fact]
    public async Task Of_many_changes_at_once_none_that_was_answered_is_lost()
    {
        await using var hub = await StartAsync();
        using var bob = await hub.SignedInAsync("bob");

        var made = await Task.WhenAll(Enumerable.Range(0, 60).Select(async number =>
        {
            var (id, secret) = await CreateTokenAsync(bob, "bob");
            if (number % 3 == 0)
            {
                await DeleteTokenAsync(bob, "bob", id);
            }

            return (id, secret, IsValid: number % 3 != 0);
        }));
        await RestartAsync(hub, "KILL");

        Assert.Equal(made.Length, made.Select(token => token.id).Distinct().Count());
        var found = await Task.WhenAll(made.Select(async token => (token.id, token.secret, await StatusAsync(hub, token.secret) == HttpStatusCode.OK)));
        Assert.Equal(made, found);
    }

    private async Task<RunningHub> StartAsync(StubIde? server = null)
    {
        var settings = new List<(string, string)>
        {
            ("Database", Database), ("Users:alice", "pw"), ("Users:bob", "pw"), ("Users:root", "pw"), ("Admins", "root"),
            ("Services:0:Name", "cull"), ("Services:0:ApiToken", "service-token-0123456789"), ("Services:0:Scopes:0", "list:users"),
        };
        if (server is not null)
        {
            settings.AddRange([("Servers:0:User", "alice"), ("Servers:0:Url", server.Url.ToString()), ("Servers:0:ApiToken", ServerToken)]);
        }

        var hub = await RunningHub.StartAsync([.. settings]);
        if (server is not null)
        {
            await hub.Process.WaitForOutput("The server at /user/alice/ is Ready.");
        }

        return hub;
    }

    private static async Task RestartAsync(RunningHub hub, string signal)
    {
        await StopAsync(hub, signal);
        await hub.StartAgainAsync();
    }

    private static async Task StopAsync(RunningHub hub, string signal)
    {
        hub.Process.Signal(signal);
        await hub.Process.WaitForExit();
    }

    /// <summary>Reports an activity and waits until the database has it: what was earlier is there too then.</summary>
    private async Task ReportActivityAsync(RunningHub hub, string user, string token)
    {
        var moment = DateTime.UtcNow.AddMinutes(30).ToString("yyyy-MM-dd HH:mm:ss.1234567", CultureInfo.InvariantCulture);
        var time = moment.Replace(' ', 'T') + "Z";
        using var api = new Browser(hub.Api);
        using var report = new StringContent($$$$"""{"last_activity": "{{{{time}}}}", "servers": {"": {"last_activity": "{{{{time}}}}"}}}""", Encoding.UTF8, "application/json");
        using var answer = await api.SendAsync(HttpMethod.Post, $"/hub/api/users/{user}/activity", report, ("Authorization", $"token {token}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Eventually.Is(
            () => File.ReadAllBytes(Database + "-wal").AsSpan().IndexOf(Encoding.ASCII.GetBytes(moment)) >= 0, "the activity is written to the database within a second or two");
    }

    private static async Task<(string Id, string Secret)> CreateTokenAsync(Browser browser, string user, string body = "{}")
    {
        using var answer = await browser.SendAsync(HttpMethod.Post, $"/hub/api/users/{user}/tokens", new StringContent(body, Encoding.UTF8, "application/json"), Xsrf(browser));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var model = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (model["id"]!.GetValue<string>(), model["token"]!.GetValue<string>());
    }

    private static async Task DeleteTokenAsync(Browser browser, string user, string id)
    {
        using var answer = await browser.SendAsync(HttpMethod.Delete, $"/hub/api/users/{user}/tokens/{id}", content: null, Xsrf(browser));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task<string> ExchangeAsync(RunningHub hub, string code)
    {
        using var server = new Browser(hub.Api);
        using var answer = await server.PostFormAsync(
            "/hub/api/oauth2/token", ("grant_type", "authorization_code"), ("client_id", "jupyterhub-user-alice"), ("client_secret", ServerToken), ("code", code), ("redirect_uri", "/user/alice/oauth_callback"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningHub hub, string token)
    {
        using var api = new Browser(hub.Api);
        using var answer = await api.GetAsync("/hub/api/user", ("Authorization", $"token {token}"));
        return answer.StatusCode;
    }

    private static async Task<string> TextAsync(RunningHub hub, string target, string token)
    {
        using var api = new Browser(hub.Api);
        using var answer = await api.GetAsync(target, ("Authorization", $"token {token}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static (string, string) Xsrf(Browser browser) => ("X-XSRFToken", browser.Cookie("_xsrf", "/hub/")!);
}
