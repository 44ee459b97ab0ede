using System.Net;
using Waiide.Tests.Support;
using static Waiide.Tests.Hub.Faults.GatewayCalls;

namespace Waiide.Tests.Hub.Faults;

/// <summary>The real gateway when its hub is itself again: activity that was lost is told, sessions go on or begin anew, routes are back.</summary>
public sealed class GatewayAfterFaultsTests
{
    [Theory]
    [InlineData("error", "status", 500)]
    [InlineData("activity-lost", "status", 503)]
    [InlineData("unreachable", "duration", 120)]
    [InlineData("clock-skew", "seconds", -7200)]
    public async Task Activity_that_the_hub_did_not_take_is_told_again(string fault, string key, int value)
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync(fault, new Dictionary<string, object> { [key] = value }.Concat(fault is "error" or "unreachable" ? [new("at", "api")] : []).ToDictionary());
        using var page = await person.Http.GetAsync("/user/ada/page");
        await hub.Gateway.Process.WaitForOutput("The last activity could not be reported");
        var used = DateTimeOffset.UtcNow;

        await hub.EndAsync();

        using var later = await person.Http.GetAsync("/user/ada/page");
        await Eventually.Is(
            async () => await hub.LastActivityAsync() is { } time && DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture) >= used, "the hub hears of it", TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Activity_that_the_hub_forgets_is_told_with_the_next_use()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync("activity-lost", new { user = "ada" });
        await Eventually.Is(async () =>
        {
            using var page = await person.Http.GetAsync("/user/ada/page");
            return (int)(await hub.ApiAsync("/faults/activity-lost")).Body!["strikes"]! > 0;
        }, "a report is taken and forgotten");
        var before = await hub.LastActivityAsync();

        await hub.EndAsync();

        await Eventually.Is(async () =>
        {
            using var page = await person.Http.GetAsync("/user/ada/page");
            return await hub.LastActivityAsync() != before;
        }, "the next report is kept");
    }

    [Fact]
    public async Task A_hub_that_restarts_leaves_sessions_and_the_gateway_alone()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        using var direct = await OpenAsync(hub, person, past: true);

        await hub.BeginAsync("restart", new { away = 2 });
        await Eventually.Is(async () => await AnswersAsync(hub.Hub.Front) is null, "the hub is away");
        Assert.Equal("still here", await direct.Echo("still here"));
        await Eventually.Is(async () => await AnswersAsync(hub.Hub.Front) is not null, "the hub is back");

        using var page = await person.Http.GetAsync("/user/ada/page");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("still here", await direct.Echo("still here"));
        await Eventually.Is(() => hub.Hub.Process.Output.Split("/user/ada/ is Ready.").Length == 3, "the hub finds its server again");
    }

    [Fact]
    public async Task A_hub_that_comes_back_without_memory_leads_through_its_login_again()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        await hub.BeginAsync("restart", new { away = 0, process = true });
        await Eventually.Is(() => hub.Hub.Process.Output.Split("/user/ada/ is Ready.").Length == 3, "the hub begins anew and finds its server");

        using var answer = await AskAsNewAsync(hub, person);
        Assert.Equal("/hub/api/oauth2/authorize", new Uri(hub.Hub.Front, answer.Headers.Location!).AbsolutePath);
        using var again = await hub.SignedInAsync("ada");
    }

    [Fact]
    public async Task A_lost_route_is_the_fronts_affair_and_comes_back()
    {
        await using var hub = await FaultyHub.WithGatewayAsync();
        using var person = await hub.SignedInAsync("ada");
        var before = hub.Gateway.Ide.Forwarded.Count();
        await hub.BeginAsync("route-lost", new { server = "ada/" });
        await Eventually.Is(async () => (await hub.ApiAsync("/proxy")).Body!["/user/ada/"] is null, "the route is gone");
        using (var past = await PastTheFrontAsync(hub, person, "/user/ada/page"))
        {
            Assert.Equal(HttpStatusCode.OK, past.StatusCode);
        }

        Assert.Equal(before + 1, hub.Gateway.Ide.Forwarded.Count());
        await hub.EndAsync();
        await Eventually.Is(async () => (await person.Http.GetAsync("/user/ada/page")).StatusCode == HttpStatusCode.OK, "the route is back");
    }

    [Fact]
    public async Task A_hub_of_an_unknown_version_is_named_in_the_log_and_served_all_the_same()
    {
        await using var hub = await FaultyHub.WithGatewayAsync(("Faults:version:Version", "99.1"));
        using var person = await hub.SignedInAsync("ada");
        await hub.Gateway.Process.WaitForOutput("the hub is 99.1");
    }
}
