namespace Waiide.Tests.Hub;

/// <summary>Users over the API: who sees what of whom, and how they come, change and go.</summary>
[Collection(ApiTests.Name)]
public sealed class UsersTests(ApiHubs hubs)
{
    private const string Pages = "application/jupyterhub-pagination+json";

    public static TheoryData<string> Versions => ApiHubs.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Who_asks_without_a_token_is_told_so(string version)
    {
        var nobody = await hubs.Anonymous(version);
        (await nobody.GetAsync("/user")).Refused(403, "Forbidden");
        (await nobody.GetAsync("/users")).Refused(403, version == "3.0"
            ? "Action is not authorized with current scopes; requires any of [list:users]"
            : "Missing or invalid credentials.");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_admin_sees_all_of_a_user_in_the_keys_of_the_version(string version)
    {
        var user = await (await hubs.As("boss", version)).GetAsync("/users/alice");
        user.Expect(200);
        string[] keys = ["admin", "auth_state", "created", "groups", "kind", "last_activity", "name", "pending", "roles", "server", "servers"];
        Assert.Equal(version == "6.0" ? [.. keys, "user_info"] : keys, user.Keys());
        Assert.Equal(["team"], user.Names("groups"));

        string[] ofServer = ["last_activity", "name", "pending", "progress_url", "ready", "started", "state", "stopped", "url", "user_options"];
        string[] since5 = version is "5.5" or "6.0" ? ["full_name", "full_progress_url", "full_url"] : [];
        string[] since6 = version == "6.0" ? ["display_name"] : [];
        Assert.Equal(ofServer.Concat(since5).Concat(since6).Order(StringComparer.Ordinal), user.Json!["servers"]![""]!.AsObject().Select(entry => entry.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_token_tells_whose_it_is_and_what_it_may(string version)
    {
        var alice = await (await hubs.As("boss", version)).AsAsync("alice");
        var self = await alice.GetAsync("/user");
        self.Expect(200);
        Assert.Equal(version is "5.5" or "6.0", self.Json!.AsObject().ContainsKey("token_id"));
        Assert.Null((string?)self.Json["session_id"]);
        Assert.Equal(version is "5.5" or "6.0", self.Names("scopes").Contains("read:shares!user=alice"));
        Assert.Contains("access:servers!user=dave", self.Names("scopes"));
        Assert.Contains("read:users:name!group=other", self.Names("scopes"));
        Assert.Equal(self.Names("scopes"), self.Json["scopes"]!.AsArray().Select(scope => (string)scope!));
    }

    [Theory]
    [InlineData("3.0", "access:servers!user=alice")]
    [InlineData("4.1", "access:servers!server=alice/")]
    [InlineData("5.5", "access:servers!server=alice/")]
    [InlineData("6.0", "access:servers!server=alice/")]
    public async Task A_servers_token_reports_and_knows_its_owner_and_no_more(string version, string access)
    {
        var server = new ApiClient((await hubs.Of(version)).Api, "alice-server-token-0123456789");
        var self = await server.GetAsync("/user");
        Assert.Equal([access, "read:users:activity!user=alice", "read:users:groups!user=alice", "read:users:name!user=alice", "users:activity!user=alice"], self.Names("scopes"));
        Assert.DoesNotContain("servers", self.Keys());
        (await server.GetAsync("/users/bob")).Refused(404, "No access to resources or resources not found");
        (await server.GetAsync("/users")).Refused(403, "Action is not authorized with current scopes; requires any of [list:users]");
        (await server.PostAsync("/users/alice/tokens")).Refused(403, "User alice not found or no permissions to generate tokens");
    }

    [Fact]
    public async Task A_service_sees_what_its_scopes_show_key_by_key()
    {
        var mixed = await hubs.As("mixed");
        Assert.Equal(["admin", "kind", "name"], (await mixed.GetAsync("/users/alice")).Keys());

        // The first scope that the caller has at all decides.
        (await mixed.GetAsync("/users/bob")).Refused(404, "No access to resources or resources not found");

        var server = await hubs.As("server");
        var alice = await server.GetAsync("/users/alice");
        Assert.Equal(["admin", "kind", "name", "servers"], alice.Keys());
        Assert.Equal([""], alice.Json!["servers"]!.AsObject().Select(entry => entry.Key));
        (await server.GetAsync("/users/dave")).Refused(404, "No access to resources or resources not found");
    }

    [Fact]
    public async Task A_filter_by_group_covers_the_members_and_their_servers()
    {
        var team = await hubs.As("team");
        var listed = (await team.GetAsync("/users")).Expect(200)!.AsArray();
        Assert.Equal(["alice", "bob"], listed.Select(user => (string)user!["name"]!).Order(StringComparer.Ordinal));
        Assert.NotNull((await team.GetAsync("/users/alice")).Expect(200)!["servers"]![""]);
        (await team.GetAsync("/users/dave")).Refused(404, "No access to resources or resources not found");
        (await team.PostAsync("/users/bob/activity", """{"last_activity": "2020-01-01T00:00:00Z"}""")).Expect(200);
    }

    [Fact]
    public async Task Lists_come_by_the_page_for_who_asks_for_pages()
    {
        var boss = await hubs.As("boss");
        var first = (await boss.GetAsync("/users?limit=2&state=", Pages)).Expect(200)!;
        Assert.Equal(2, first["items"]!.AsArray().Count);
        Assert.Equal(2, (int?)first["_pagination"]!["next"]!["offset"]);
        var next = new Uri((string)first["_pagination"]!["next"]!["url"]!);
        Assert.Equal("?limit=2&offset=2", next.Query);
        Assert.Equal((await hubs.Of("5.5")).Api.Authority, next.Authority);
        var total = (int)first["_pagination"]!["total"]!;
        var last = (await boss.GetAsync($"/users?limit=2&offset={total - 1}", Pages)).Expect(200)!;
        Assert.Single(last["items"]!.AsArray());
        Assert.Null(last["_pagination"]!["next"]);
        Assert.Single((await boss.GetAsync("/users?limit=0")).Expect(200)!.AsArray());
        (await boss.GetAsync("/users?limit=many")).Refused(400, "Invalid argument type, offset and limit must be integers");
    }

    [Fact]
    public async Task Lists_are_filtered_by_state_and_name_and_sorted_since_5()
    {
        var boss = await hubs.As("boss");
        Assert.Contains("bob", await NamesAsync(boss, "?state=inactive"));
        Assert.DoesNotContain("bob", await NamesAsync(boss, "?state=active"));
        Assert.Equal(["alice"], await NamesAsync(boss, "?state=ready"));
        Assert.Equal(["alice"], await NamesAsync(boss, "?name_filter=LIC"));
        (await boss.GetAsync("/users?state=busy")).Refused(400, "Unrecognized state filter: 'busy'");
        var sorted = await NamesAsync(boss, "?sort=-name");
        Assert.Equal(sorted.OrderDescending(StringComparer.Ordinal), sorted);
        (await boss.GetAsync("/users?sort=shoe_size")).Refused(400, "sort must be 'id', 'name', or 'last_activity', not 'shoe_size'");
        (await (await hubs.As("boss", "4.1")).GetAsync("/users?sort=shoe_size")).Expect(200);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Users_are_created_changed_and_deleted(string version)
    {
        var tester = await hubs.As("tester", version);
        var made = (await tester.PostAsync("/users", """{"usernames": ["Uma", "ugo"]}""")).Expect(201)!.AsArray();
        Assert.Equal(["uma", "ugo"], made.Select(user => (string)user!["name"]!));
        Assert.Null((string?)made[0]!["last_activity"]);
        (await tester.PostAsync("/users", """{"usernames": ["uma", "ugo"]}""")).Refused(409, "All 2 users already exist");
        Assert.Single((await tester.PostAsync("/users", """{"usernames": ["uma", "uwe"]}""")).Expect(201)!.AsArray());
        (await tester.PostAsync("/users/uma")).Refused(409, "User uma already exists");
        (await tester.PatchAsync("/users/uma", """{"name": "ugo"}""")).Refused(400, "User ugo already exists, username must be unique");
        Assert.Equal("ulla", (string?)(await tester.PatchAsync("/users/uma", """{"name": "ulla"}""")).Expect(200)!["name"]);
        (await tester.GetAsync("/users/uma")).Refused(404, "Not Found");
        foreach (var name in new[] { "ulla", "ugo", "uwe" })
        {
            (await tester.DeleteAsync($"/users/{name}")).Expect(204);
        }

        (await tester.DeleteAsync("/users/ulla")).Refused(404, "Not Found");
    }

    [Theory]
    [InlineData("{}", "Must specify at least one user to create")]
    [InlineData("""{"usernames": []}""", "Must specify at least one user to create")]
    [InlineData("""["x"]""", "Must specify at least one user to create")]
    [InlineData("""{"usernames": ["x"], "shoe": {"size": [42, true, null]}}""", "Invalid JSON keys: {'shoe': {'size': [42, True, None]}}")]
    [InlineData("""{"usernames": ["x"], "admin": "yes"}""", "user.admin must be <class 'bool'>, not: <class 'str'>")]
    [InlineData("""{"usernames": ["a/b"]}""", "Invalid username: a/b")]
    [InlineData("""{"usernames": ["a/b", " c"]}""", "Invalid usernames: a/b,  c")]
    [InlineData("{", "Invalid JSON in body of request")]
    public async Task Users_that_cannot_be_are_refused_with_the_reason(string body, string reason) =>
        (await (await hubs.As("tester")).PostAsync("/users", body)).Refused(400, reason);

    [Fact]
    public async Task Whoever_administers_users_makes_no_admins()
    {
        var users = await hubs.As("users");
        (await users.PostAsync("/users", """{"usernames": ["eve"], "admin": true}""")).Refused(403, "Only admins can grant admin permissions");
        (await users.PostAsync("/users/eve", """{"admin": true}""")).Refused(403, "Only admins can grant admin permissions");
        (await users.PostAsync("/users/eve")).Expect(201);
        (await users.PatchAsync("/users/eve", """{"admin": true}""")).Refused(403, "Only admins can grant admin permissions");
        (await users.PatchAsync("/users/root", """{"admin": false}""")).Refused(403, "Only admins can modify other admins");
        (await users.PostAsync("/users/eve/tokens")).Refused(403, "Service eve not found or no permissions to generate tokens");

        // Nor does an admin's token that was made for less.
        var boss = await hubs.As("boss");
        var narrow = await boss.AsAsync("root", """{"scopes": ["admin:users"]}""");
        (await narrow.PatchAsync("/users/eve", """{"admin": true}""")).Refused(403, "Only admins can grant admin permissions");
        Assert.True((bool?)(await boss.PatchAsync("/users/eve", """{"admin": true}""")).Expect(200)!["admin"]);
        (await boss.DeleteAsync("/users/eve")).Expect(204);
    }

    [Fact]
    public async Task Whoever_administers_users_becomes_no_admin_by_a_name_either()
    {
        var users = await hubs.As("users");
        (await users.DeleteAsync("/users/root")).Refused(403, "Only admins can delete other admins");
        const string taken = "Only admins can give the name carol: the configuration gives rights to it";
        (await users.PostAsync("/users/carol")).Refused(403, taken); // Of the role "planner", though there is no such user yet.
        (await users.PostAsync("/users", """{"usernames": ["nobody-special", "carol"]}""")).Refused(403, taken);
        (await users.PatchAsync("/users/dave", """{"name": "carol"}""")).Refused(403, taken);

        var boss = await hubs.As("boss");
        (await boss.PostAsync("/users/carol")).Expect(201);
        (await users.DeleteAsync("/users/carol")).Expect(204);
    }

    [Fact]
    public async Task A_deleted_users_session_ends_and_is_not_the_next_users_of_that_name()
    {
        var boss = await hubs.As("boss");
        using var browser = await (await hubs.Of("5.5")).SignedInAsync("zoe");
        Assert.Equal(200, await StatusAsync());
        (await boss.DeleteAsync("/users/zoe")).Expect(204);
        Assert.Equal(403, await StatusAsync());
        (await boss.PostAsync("/users/zoe", """{"admin": true}""")).Expect(201);
        Assert.Equal(403, await StatusAsync());

        async Task<int> StatusAsync()
        {
            using var answer = await browser.GetAsync("/hub/api/user");
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task Nobody_deletes_themselves_and_a_deleted_users_tokens_end()
    {
        var boss = await hubs.As("boss");
        var root = await boss.AsAsync("root");
        (await root.DeleteAsync("/users/root")).Refused(400, "Cannot delete yourself!");

        (await boss.PostAsync("/users/gus")).Expect(201);
        var gus = await boss.AsAsync("gus");
        (await boss.PostAsync("/groups/team/users", """{"users": ["gus"]}""")).Expect(200);
        (await gus.GetAsync("/user")).Expect(200);
        (await boss.DeleteAsync("/users/gus")).Expect(204);
        (await gus.GetAsync("/user")).Refused(403, "Forbidden");
        Assert.DoesNotContain("gus", (await boss.GetAsync("/groups/team")).Names("users"));

        // Another gus is another user.
        (await boss.PostAsync("/users/gus")).Expect(201);
        (await gus.GetAsync("/user")).Refused(403, "Forbidden");
        Assert.Empty((await boss.GetAsync("/users/gus/tokens")).Expect(200)!["api_tokens"]!.AsArray());
        (await boss.DeleteAsync("/users/gus")).Expect(204);
    }

    [Theory]
    [InlineData("""{"servers": {"": {"last_activity": null}}}""", "Not a valid timestamp: None")]
    [InlineData("""{"servers": {"": {}}}""", "servers must be a dict of the form {server_name: {last_activity: timestamp}}")]
    [InlineData("""{"servers": {"ghost": {"last_activity": "2020-01-01"}}}""", "No such server 'ghost' for user alice")]
    [InlineData("""{"last_activity": 5}""", "Not a valid timestamp: 5")]
    [InlineData("""{"last_activity": "", "servers": []}""", "body must contain at least one of `last_activity` or `servers`")]
    public async Task Activity_that_makes_no_sense_is_refused(string body, string reason) =>
        (await (await hubs.As("boss")).PostAsync("/users/alice/activity", body)).Refused(400, reason);

    private static async Task<string[]> NamesAsync(ApiClient client, string query) =>
        [.. (await client.GetAsync("/users" + query)).Expect(200)!.AsArray().Select(user => (string)user!["name"]!)];
}
