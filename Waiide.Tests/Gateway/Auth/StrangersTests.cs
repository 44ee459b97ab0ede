using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>Whoever sends made-up tokens and codes by the thousand reaches neither the hub with them nor anybody who works here.</summary>
public class StrangersTests
{
    [Fact]
    public async Task A_flood_of_unknown_tokens_keeps_the_hub_free_and_the_owner_signed_in()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        var hub = gateway.Hub!;
        using var owner = gateway.Browser("ada");
        await owner.FollowAsync("/user/ada/");
        using var another = gateway.Browser("ada");
        await another.FollowAsync("/user/ada/");
        var resumed = new TaskCompletionSource();
        hub.Pause = resumed.Task;
        using var strangers = gateway.Browser();

        var flood = Enumerable.Range(0, 1200).Select(i => strangers.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Authorization", "token made-up-" + i), ("Accept", "application/json"))).ToArray();
        await Eventually.Is(() => flood.Count(answer => answer.IsCompleted) >= 1200 - 36, "all but those who wait are told at once");

        Assert.InRange(hub.Waiting, 1, 6);
        foreach (var told in flood.Where(answer => answer.IsCompleted))
        {
            var answer = await told;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        var before = hub.Waiting;
        using var remembered = await owner.FetchAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.OK, remembered.StatusCode);
        another.Cookies["jupyterhub-session-id"] = ("another", "/");
        var asked = another.FetchAsync("/user/ada/x");
        await Eventually.Is(() => hub.Waiting == before + 1, "the hub is asked about a session, whoever waits");
        resumed.SetResult();
        using var later = await asked;
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.All(await Task.WhenAll(flood), answer => Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_flood_of_logins_that_nobody_began_at_the_hub_does_not_reach_it_either()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        var resumed = new TaskCompletionSource();
        gateway.Hub!.Pause = resumed.Task;

        var flood = Enumerable.Range(0, 60).Select(async _ =>
        {
            using var stranger = gateway.Browser();
            using var start = await stranger.OpenAsync("/user/ada/");
            var state = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(start.Headers.Location!.OriginalString.Split('?')[1])["state"];
            return await stranger.OpenAsync($"/user/ada/oauth_callback?code=made-up&state={state}");
        }).ToArray();

        await Eventually.Is(() => flood.Count(answer => answer.IsCompleted) >= 60 - 36, "all but those who wait are told at once");
        Assert.InRange(gateway.Hub.Waiting, 1, 6);
        var told = await flood.First(answer => answer.IsCompleted);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, told.StatusCode);
        Assert.NotNull(told.Headers.RetryAfter);
        resumed.SetResult();
        await Task.WhenAll(flood);
    }
}
