using System.Net;
using System.Text.Json.Nodes;
using Waiide.Gateway;
using Waiide.Tests.Gateway.Auth;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Api;

public class NoticeTests(UnderAHub world) : IClassFixture<UnderAHub>
{
    [Fact]
    public void A_notice_keeps_its_beginning_when_its_words_change_and_goes_when_it_is_withdrawn()
    {
        var (notices, early) = (new Notices(), DateTimeOffset.UnixEpoch);
        notices.Show(new Notice("idle", "in ten minutes", false, null, early));
        notices.Show(new Notice("memory", "short", true, null, early.AddSeconds(1)));
        notices.Show(new Notice("idle", "in five minutes", true, early.AddMinutes(5), early.AddMinutes(1)));

        Assert.Equal([new Notice("idle", "in five minutes", true, early.AddMinutes(5), early), new Notice("memory", "short", true, null, early.AddSeconds(1))], notices.Now);
        notices.Withdraw("idle");
        Assert.Equal("memory", Assert.Single(notices.Now).Id);
    }

    [Theory]
    [InlineData("notices")]
    [InlineData("workbench.js")]
    public async Task Notices_and_their_script_are_for_the_users_of_the_server(string name)
    {
        using var browser = world.Gateway.Browser();
        foreach (var (user, status) in new[] { (null, HttpStatusCode.Unauthorized), ("bob", HttpStatusCode.Forbidden), ("ada", HttpStatusCode.OK), ("carol", HttpStatusCode.OK) })
        {
            (string, string)[] headers = user is null ? [] : [("Authorization", "token " + world.Hub.TokenOf(user))];
            using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/api/" + name, null, headers);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_script_of_this_version_may_be_kept_and_what_is_asked_for_without_one_may_not()
    {
        using var browser = world.Gateway.Browser();
        var token = ("Authorization", "token " + world.Hub.TokenOf("ada"));
        using var versioned = await browser.SendAsync(HttpMethod.Get, "/user/ada/api/workbench.js?v=" + WorkbenchScript.Version, null, token);
        Assert.Equal("private, max-age=31536000, immutable", versioned.Headers.GetValues("Cache-Control").Single().Replace("max-age=31536000, private", "private, max-age=31536000", StringComparison.Ordinal));
        Assert.Equal("text/javascript", versioned.Content.Headers.ContentType!.MediaType);
        using var other = await browser.SendAsync(HttpMethod.Get, "/user/ada/api/workbench.js?v=1", null, token);
        Assert.True(other.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task An_IDE_that_is_gone_is_a_notice_and_asking_for_notices_is_no_use_of_the_server()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_ACTIVITY_INTERVAL", "0.1"));
        using var browser = gateway.Browser();
        await Eventually.Is(() => !gateway.Hub!.Activity.IsEmpty, "a report at the start");
        Assert.Empty((await Ask())["notices"]!.AsArray());
        gateway.Ide.Healthy = false;
        JsonNode? notice = null;
        await Eventually.Is(async () => (notice = (await Ask())["notices"]!.AsArray().SingleOrDefault()) is not null, "the notice is there");
        Assert.Equal("ide", (string)notice!["id"]!);
        Assert.True((bool)notice["urgent"]!);
        Assert.Null(notice["at"]);
        Assert.Contains("is not running", (string)notice["text"]!, StringComparison.Ordinal);
        Assert.Equal(DateTimeKind.Utc, notice["since"]!.GetValue<DateTime>().Kind);

        Assert.Single(gateway.Hub!.Activity); // Reports follow uses within a tenth of a second; those above took longer.

        async Task<JsonNode> Ask()
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/api/notices", null, ("Authorization", "token " + gateway.Hub!.TokenOf("ada")));
            Assert.True(answer.Headers.CacheControl!.NoStore);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }
    }
}
