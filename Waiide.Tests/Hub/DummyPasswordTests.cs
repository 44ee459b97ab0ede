using System.Net;
using System.Text.Json.Nodes;

namespace Waiide.Tests.Hub;

/// <summary>A hub that lets everybody in by one password, for demos: Hub:DummyPassword.</summary>
public sealed class DummyPasswordTests(DummyPasswordTests.Fixture fixture) : IClassFixture<DummyPasswordTests.Fixture>
{
    [Theory]
    [InlineData("newcomer", "newcomer")]
    [InlineData("  Grace.Hopper@EX.org ", "grace.hopper@ex.org")]
    [InlineData("zoë", "zoë")]
    public async Task Whoever_comes_becomes_a_user_at_the_first_login(string typed, string name)
    {
        using var browser = await fixture.Hub.SignedInAsync(typed, "demo-password");
        var user = await SelfAsync(browser);
        Assert.Equal((name, false), (user["name"]!.GetValue<string>(), user["admin"]!.GetValue<bool>()));
        using var again = await fixture.Hub.SignedInAsync(name, "demo-password");
        Assert.Equal(user["created"]!.GetValue<string>(), (await SelfAsync(again))["created"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("{256 letters}")]
    public async Task A_name_that_fits_no_address_is_nobodys(string name)
    {
        using var browser = fixture.Hub.NewBrowser();
        using var answer = await browser.SignInAsync(name.Replace("{256 letters}", new string('x', 256), StringComparison.Ordinal), "demo-password");
        Assert.NotEqual(HttpStatusCode.Found, answer.StatusCode);
        Assert.Null(browser.Cookie("jupyterhub-hub-login", "/hub/"));
    }

    [Fact]
    public async Task A_password_of_ones_own_is_not_overruled_by_the_one_that_all_know()
    {
        using var browser = fixture.Hub.NewBrowser();
        using var asRoot = await browser.SignInAsync("root", "demo-password");
        Assert.Equal(HttpStatusCode.OK, asRoot.StatusCode);
        Assert.Null(browser.Cookie("jupyterhub-hub-login", "/hub/"));
        using var root = await fixture.Hub.SignedInAsync("root", "root-password");
        Assert.True((await SelfAsync(root))["admin"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Five_first_logins_at_the_same_moment_make_one_user()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            using var browser = await fixture.Hub.SignedInAsync("crowd", "demo-password");
            return (await SelfAsync(browser))["created"]!.GetValue<string>();
        }));
        Assert.Single(created.Distinct());
    }

    [Fact]
    public async Task Nobody_comes_to_anybody_elses_server()
    {
        // The default server of root-x would have the OAuth client id of root's server x.
        using var guest = await fixture.Hub.SignedInAsync("root-x", "demo-password");
        using var asked = await guest.GetAsync("/hub/api/oauth2/authorize?client_id=jupyterhub-user-root-x&response_type=code&state=abc");
        Assert.Equal((HttpStatusCode.Forbidden, null), (asked.StatusCode, asked.Headers.Location));
    }

    private static async Task<JsonNode> SelfAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/hub/api/user");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public RunningHub Hub { get; private set; } = null!;

        public async Task InitializeAsync() => Hub = await RunningHub.StartAsync(
            ("DummyPassword", "demo-password"), ("Users:root", "root-password"), ("Admins", "root"),
            ("Servers:0:User", "root"), ("Servers:0:Name", "x"), ("Servers:0:Url", "http://127.0.0.1:9"), ("Servers:0:ApiToken", "root-x-server-token-0123456789abcdef"));

        public async Task DisposeAsync() => await Hub.DisposeAsync();
    }
}
