namespace Waiide.Tests.Hub;

/// <summary>One user lets another, or a group, into one of their servers, and out of it again.</summary>
public sealed class SharesTests
{
    [Fact]
    public async Task A_server_is_shared_used_and_taken_back()
    {
        await using var hub = await StartAsync("5.5");
        var boss = new ApiClient(hub.Api, "boss-token-0123456789abcdef");
        var (ada, bob) = (await boss.AsAsync("ada"), await boss.AsAsync("bob"));
        using var browser = await hub.SignedInAsync("bob");
        Assert.Equal(403, await AuthorizeAsync(browser));

        var share = (await ada.PostAsync("/shares/ada/", """{"user": "bob"}""")).Expect(200)!;
        Assert.Equal("bob", (string?)share["user"]!["name"]);
        Assert.Equal("user", (string?)share["kind"]);
        Assert.Equal("/user/ada/", (string?)share["server"]!["url"]);
        Assert.Equal(["access:servers!server=ada/"], share["scopes"]!.AsArray().Select(scope => (string)scope!));
        Assert.Contains("access:servers!server=ada/", (await bob.GetAsync("/user")).Names("scopes"));
        Assert.Equal(200, await AuthorizeAsync(browser));
        foreach (var list in new[] { "/shares/ada", "/shares/ada/", "/users/bob/shared" })
        {
            Assert.Single((await boss.GetAsync(list)).Expect(200)!["items"]!.AsArray());
        }

        Assert.Empty((await boss.GetAsync("/users/ada/shared")).Expect(200)!["items"]!.AsArray());
        (await ada.PatchAsync("/shares/ada/", """{"user": "bob"}""")).Expect(200);
        Assert.DoesNotContain("access:servers!server=ada/", (await bob.GetAsync("/user")).Names("scopes"));
        Assert.Equal(403, await AuthorizeAsync(browser));
    }

    [Fact]
    public async Task A_server_is_shared_with_a_group_and_its_members_may_leave_what_is_theirs_alone()
    {
        await using var hub = await StartAsync("5.5");
        var boss = new ApiClient(hub.Api, "boss-token-0123456789abcdef");
        var (ada, bob) = (await boss.AsAsync("ada"), await boss.AsAsync("bob"));
        (await ada.PostAsync("/shares/ada/", """{"group": "team"}""")).Expect(200);
        Assert.Contains("access:servers!server=ada/", (await bob.GetAsync("/user")).Names("scopes"));
        (await bob.DeleteAsync("/users/bob/shared/ada/")).Refused(404, "No such share for user bob on ada/");
        (await ada.PostAsync("/shares/ada/", """{"user": "bob"}""")).Expect(200);
        (await bob.DeleteAsync("/users/bob/shared/ada/")).Expect(204);
        (await boss.DeleteAsync("/groups/team")).Expect(204);
        Assert.DoesNotContain("access:servers!server=ada/", (await bob.GetAsync("/user")).Names("scopes"));
    }

    [Fact]
    public async Task A_share_is_there_after_a_restart_and_ends_with_its_server()
    {
        using var data = new Support.TempDirectory();
        await using var hub = await HubCalls.StartAsync(("Database", Path.Combine(data.Path, "hub.db")), ("Profile", "5.5"));
        await hub.StartServerAsync("alice/servers/one");
        await hub.StopServerAsync("alice/servers/one");
        var share = await hub.CallAsync("POST", "shares/alice/one", """{"user": "bob"}""");
        Assert.Equal(200, share.Status);

        hub.Process.Signal("KILL");
        await hub.Process.WaitForExit();
        await hub.StartAgainAsync();
        var shared = (await hub.CallAsync("GET", "users/bob/shared")).Json["items"]!.AsArray();
        Assert.Equal(share.Json.ToJsonString(), Assert.Single(shared)!.ToJsonString());

        // Under another name it is the same server, and one that comes to bear its old name is not.
        Assert.Equal(200, (await hub.CallAsync("PATCH", "users/alice", """{"name": "alix"}""")).Status);
        await hub.CallAsync("POST", "users/alice");
        await hub.StartServerAsync("alice/servers/one");
        Assert.Equal(["access:servers!server=alix/one"], ScopesOf(Assert.Single((await hub.CallAsync("GET", "users/bob/shared")).Json["items"]!.AsArray())!));

        await hub.StopServerAsync("alix/servers/one", """{"remove": true}""");
        Assert.Empty((await hub.CallAsync("GET", "users/bob/shared")).Json["items"]!.AsArray());

        static string[] ScopesOf(System.Text.Json.Nodes.JsonNode share) => [.. share["scopes"]!.AsArray().Select(scope => (string)scope!)];
    }

    [Fact]
    public async Task Nothing_is_shared_but_ones_own_server_and_no_more_than_one_may()
    {
        await using var hub = await StartAsync("5.5");
        var boss = new ApiClient(hub.Api, "boss-token-0123456789abcdef");
        var (ada, bob) = (await boss.AsAsync("ada"), await boss.AsAsync("bob"));
        (await bob.PostAsync("/shares/ada/", """{"user": "bob"}""")).Refused(404, "No access to resources or resources not found");
        (await ada.PostAsync("/shares/ada/", """{"user": "bob", "scopes": ["access:servers!user=bob"]}""")).Refused(400, "access:servers!user=bob must have the filter !server=ada/");
        (await ada.PostAsync("/shares/ada/", """{"user": "bob", "scopes": ["access:servers"], "group": "team"}""")).Refused(400, "Specify exactly one of `user` or `group`");
        (await ada.PostAsync("/shares/ada/", """{"user": "bob", "scopes": ["admin:users"]}""")).Expect(400);
        (await ada.PostAsync("/shares/ada/ghost", """{"user": "bob"}""")).Refused(404, "No such server: ada/ghost");
        (await ada.PostAsync("/shares/ada/", """{"user": "nobody"}""")).Refused(400, "No such user: nobody");
        (await ada.PostAsync("/shares/ada", """{"user": "bob"}""")).Refused(405, "Method Not Allowed");
        var narrow = await boss.AsAsync("ada", """{"scopes": ["shares!user"]}""");
        (await narrow.PostAsync("/shares/ada/", """{"user": "bob"}""")).Refused(403, "Need scope 'read:users:name' to share with users by name");
        (await narrow.PostAsync("/shares/ada/", """{"user": "bob", "scopes": ["servers"]}""")).Refused(403, "Do not have permission to grant share with scope servers!server=ada/");
    }

    [Fact]
    public async Task There_is_no_sharing_before_5()
    {
        await using var hub = await RunningHub.StartAsync(("Profile", "4.1"), ("Users:ada", "pw"), ("Services:0:Name", "boss"), ("Services:0:ApiToken", "boss-token-0123456789abcdef"), ("Services:0:Admin", "true"));
        (await new ApiClient(hub.Api, "boss-token-0123456789abcdef").GetAsync("/shares/ada")).Refused(404, "Not Found");
    }

    // As JupyterHub's tutorial enables it: users share by a role.
    private static Task<RunningHub> StartAsync(string version) => RunningHub.StartAsync(
        ("Profile", version), ("Users:ada", "pw"), ("Users:bob", "pw"), ("Groups:team", "bob"),
        ("Roles:user:Scopes", "self,shares!user,read:users:name,read:groups:name"),
        ("Servers:0:User", "ada"), ("Servers:0:Url", "http://127.0.0.1:9"), ("Servers:0:ApiToken", "ada-server-token-0123456789"),
        ("Services:0:Name", "boss"), ("Services:0:ApiToken", "boss-token-0123456789abcdef"), ("Services:0:Admin", "true"));

    private static async Task<int> AuthorizeAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/hub/api/oauth2/authorize?client_id=jupyterhub-user-ada&redirect_uri=%2Fuser%2Fada%2Foauth_callback&response_type=code&state=abc");
        return (int)answer.StatusCode;
    }
}
