using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Open;

/// <summary>Who may follow a link, and that the way through the login loses nothing of it.</summary>
public class OpenAccessTests
{
    private const string Link = "open?repo=https%3A%2F%2Fgithub.com%2Foctocat%2FHello-World&ref=feature%2Fa%2Bb&path=src%2Fa%20b.py&line=12";

    [Fact]
    public async Task A_link_survives_the_login_at_the_hub()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        using var browser = gateway.Browser("ada");

        var (answer, target) = await browser.FollowAsync("/user/ada/" + Link);

        Assert.Equal("/user/ada/" + Link, target);
        Assert.Contains("The IDE of this server runs elsewhere", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        answer.Dispose();

        using var file = await browser.OpenAsync("/user/ada/open?path=notes%2Fa.txt&line=3");
        Assert.StartsWith("/user/ada/?folder=/", file.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("a.txt%3A3", file.Headers.Location.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_use_the_server_follows_no_link()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        gateway.Hub!.Users["bob"] = ["access:servers!user=bob"];
        using var bob = gateway.Browser("bob");
        var (answer, _) = await bob.FollowAsync("/user/ada/" + Link);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        answer.Dispose();

        using var nobody = gateway.Browser();
        foreach (var (method, target) in new[] { (HttpMethod.Get, Link), (HttpMethod.Post, "open"), (HttpMethod.Get, "open/0123456789abcdef") })
        {
            using var refused = await nobody.SendAsync(method, "/user/ada/" + target);
            Assert.Equal(method == HttpMethod.Get ? HttpStatusCode.Redirect : HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("own", HttpStatusCode.BadRequest)] // Attached: it says that it cannot.
    public async Task Another_site_cannot_click_for_a_person(string? origin, HttpStatusCode status)
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        using var ada = gateway.Browser("ada");
        (await ada.FollowAsync("/user/ada/")).Answer.Dispose();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["repo"] = "https://github.com/octocat/Hello-World" });

        (string, string)[] headers = origin is null ? [] : [("Origin", origin == "own" ? $"http://{gateway.Authority}" : origin)];
        using var answer = await ada.SendAsync(HttpMethod.Post, "/user/ada/open", form, headers);

        Assert.Equal(status, answer.StatusCode);
    }
}
