using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The API of the hub itself: its services, its proxy's routes, its end.</summary>
[Collection(ApiTests.Name)]
public sealed class HubApiTests(ApiHubs hubs)
{
    [Fact]
    public async Task Services_are_seen_by_their_scopes()
    {
        var boss = await hubs.As("boss");
        var all = (await boss.GetAsync("/services")).Expect(200)!.AsObject();
        Assert.Equal("tester", (string?)all["tester"]!["name"]);
        Assert.Equal(["admin", "command", "display", "info", "kind", "name", "pid", "prefix", "roles", "url"], (await boss.GetAsync("/services/tester")).Keys());

        var mixed = await hubs.As("mixed");
        Assert.Equal(["tester"], (await mixed.GetAsync("/services")).Keys());
        Assert.Equal(["admin", "kind", "name"], (await mixed.GetAsync("/services/tester")).Keys());
        (await mixed.GetAsync("/services/boss")).Refused(404, "No access to resources or resources not found");
    }

    [Fact]
    public async Task A_service_knows_itself()
    {
        var self = await (await hubs.As("mixed")).GetAsync("/user");
        Assert.Equal("service", (string?)self.Json!["kind"]);
        Assert.Equal("mixed", (string?)self.Json["name"]);
        Assert.Equal(["admin", "kind", "name", "scopes", "session_id", "token_id"], self.Keys());
        Assert.Equal("boss", (string?)(await (await hubs.As("boss")).GetAsync("/user")).Json!["name"]);
    }

    [Fact]
    public async Task The_proxys_routes_are_told_the_hubs_own_among_them()
    {
        var hub = await hubs.Of("5.5");
        var tester = await hubs.As("tester");
        await Eventually.Is(async () => (await tester.GetAsync("/proxy")).Expect(200)!.AsObject().ContainsKey("/user/alice/"), "the attached server gets its route");
        var routes = (await tester.GetAsync("/proxy")).Expect(200)!;
        Assert.True((bool?)routes["/"]!["data"]!["hub"]);
        Assert.Equal(hub.Api.GetLeftPart(UriPartial.Authority), (string?)routes["/"]!["target"]);
        Assert.Equal("alice", (string?)routes["/user/alice/"]!["data"]!["user"]);
        Assert.Single((await tester.GetAsync("/proxy?limit=1")).Expect(200)!.AsObject());
        (await tester.PostAsync("/proxy")).Expect(200);
        (await (await hubs.As("mixed")).PostAsync("/proxy")).Refused(403, "Action is not authorized with current scopes; requires any of [proxy]");
    }

    [Fact]
    public async Task The_hub_ends_when_it_is_told_to_by_whoever_may()
    {
        await using var hub = await RunningHub.StartAsync(("Users:ada", "pw"), ("Services:0:Name", "boss"), ("Services:0:ApiToken", "boss-token-0123456789abcdef"), ("Services:0:Admin", "true"));
        var boss = new ApiClient(hub.Api, "boss-token-0123456789abcdef");
        var ada = await boss.AsAsync("ada");
        (await ada.PostAsync("/shutdown")).Refused(403, "Action is not authorized with current scopes; requires any of [shutdown]");
        (await boss.PostAsync("/shutdown", """{"servers": "some"}""")).Refused(400, "servers must be true or false, got 'some'");
        Assert.Equal("Shutting down Hub", (await boss.PostAsync("/shutdown", "{}")).Expect(202)!["message"]!.GetValue<string>());
        await Eventually.Is(() => hub.Process.HasExited, "the hub has exited");
    }
}
