namespace Waiide.Tests.Hub;

/// <summary>Groups over the API, and what being in one brings.</summary>
[Collection(ApiTests.Name)]
public sealed class GroupsTests(ApiHubs hubs)
{
    public static TheoryData<string> Versions => ApiHubs.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_group_is_made_filled_emptied_and_deleted(string version)
    {
        var tester = await hubs.As("tester", version);
        (await tester.PostAsync("/groups/band", """{"users": ["nobody"]}""")).Refused(400, "No such user: nobody");
        Assert.Equal(["alice"], (await tester.PostAsync("/groups/band", """{"users": ["Alice"]}""")).Names("users"));
        (await tester.PostAsync("/groups/band")).Refused(409, "Group band already exists");
        (await tester.PostAsync("/groups", """{"groups": ["band"]}""")).Refused(409, "Group band already exists");
        Assert.Equal(["alice", "dave"], (await tester.PostAsync("/groups/band/users", """{"users": ["dave", "alice"]}""")).Names("users"));
        Assert.Equal(["dave"], (await tester.DeleteAsync("/groups/band/users", """{"users": ["alice"]}""")).Names("users"));
        Assert.Contains("band", (await tester.GetAsync("/users/dave")).Names("groups"));
        (await tester.DeleteAsync("/groups/band")).Expect(204);
        (await tester.GetAsync("/groups/band")).Refused(404, "No such group: band");
        Assert.DoesNotContain("band", (await tester.GetAsync("/users/dave")).Names("groups"));
    }

    [Theory]
    [InlineData("/groups", "{}", "Must specify at least one group to create")]
    [InlineData("/groups/team/users", "{}", "Must specify users to add")]
    [InlineData("/groups/team/users", "[]", "Invalid JSON data: []")]
    [InlineData("/groups/team/users", """{"users": "dave"}""", "group.users must be <class 'list'>, not: <class 'str'>")]
    [InlineData("/groups/team/users", """{"users": ["nobody"]}""", "No such user: nobody")]
    public async Task What_groups_cannot_be_is_refused_with_the_reason(string path, string body, string reason) =>
        (await (await hubs.As("tester")).PostAsync(path, body)).Refused(400, reason);

    [Fact]
    public async Task Groups_have_properties_since_3_1()
    {
        var boss = await hubs.As("boss");
        (await boss.PostAsync("/groups/fast")).Expect(201);
        var set = await boss.SendAsync("PUT", "/groups/fast/properties", """{"cpu": "8"}""");
        Assert.Equal("8", (string?)set.Expect(200)!["properties"]!["cpu"]);
        (await boss.SendAsync("PUT", "/groups/fast/properties", "[]")).Refused(400, "Must specify properties");
        (await boss.DeleteAsync("/groups/fast")).Expect(204);

        var old = await hubs.As("boss", "3.0");
        Assert.Equal(["kind", "name", "roles", "users"], (await old.GetAsync("/groups/team")).Keys());
        (await old.SendAsync("PUT", "/groups/team/properties", "{}")).Refused(404, "Not Found");
    }

    [Fact]
    public async Task Who_reads_one_group_learns_of_no_other()
    {
        var team = await hubs.As("team");
        Assert.Single((await team.GetAsync("/groups")).Expect(200)!.AsArray());
        Assert.Equal(["kind", "name", "properties", "users"], (await team.GetAsync("/groups/team")).Keys());
        var other = await team.GetAsync("/groups/other");
        other.Refused(404, "No access to resources or resources not found");
        Assert.Equal(other.Message, (await team.GetAsync("/groups/none")).Message);
        (await team.PostAsync("/groups/team/users", """{"users": ["dave"]}""")).Refused(403, "Action is not authorized with current scopes; requires any of [groups]");
    }

    [Fact]
    public async Task A_groups_role_is_its_members_while_they_are_in_it()
    {
        var boss = await hubs.As("boss");
        (await boss.PostAsync("/users/max")).Expect(201);
        var max = await boss.AsAsync("max");
        Assert.DoesNotContain("access:servers!user=dave", (await max.GetAsync("/user")).Names("scopes"));
        (await boss.PostAsync("/groups/team/users", """{"users": ["max"]}""")).Expect(200);
        Assert.Contains("access:servers!user=dave", (await max.GetAsync("/user")).Names("scopes"));
        Assert.Equal(["user"], (await max.GetAsync("/user")).Names("roles"));
        var reader = await boss.AsAsync("max", """{"scopes": ["read:users:name!group=other"]}""");
        Assert.Equal(["admin", "kind", "name"], (await reader.GetAsync("/users/dave")).Keys());
        (await boss.DeleteAsync("/groups/team/users", """{"users": ["max"]}""")).Expect(200);
        Assert.DoesNotContain("access:servers!user=dave", (await max.GetAsync("/user")).Names("scopes"));
        (await reader.GetAsync("/users/dave")).Refused(404, "No access to resources or resources not found");
        (await boss.DeleteAsync("/users/max")).Expect(204);
    }
}
