using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A user's API tokens: what they can do, and for how long.</summary>
[Collection(HubTests.Name)]
public sealed class TokenTests(HubFixture hub)
{
    [Fact]
    public async Task A_token_is_found_in_the_list_until_it_is_deleted()
    {
        using var browser = await hub.SignedInAsync("hank");
        var (id, secret, _) = await CreateAsync(browser, """{"note": "mine"}""");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(secret, "/hub/api/user"));
        using var list = await browser.GetAsync("/hub/api/users/hank/tokens");
        var text = await list.Content.ReadAsStringAsync();
        Assert.Contains($"\"{id}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);

        using var deleted = await browser.SendAsync(HttpMethod.Delete, $"/hub/api/users/hank/tokens/{id}", content: null, Xsrf(browser));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(secret, "/hub/api/user"));
    }

    [Fact]
    public async Task A_token_ends_when_it_said_it_would()
    {
        using var browser = await hub.SignedInAsync("hank");
        var (_, secret, _) = await CreateAsync(browser, """{"expires_in": 1}""");
        await Eventually.Is(async () => await StatusAsync(secret, "/hub/api/user") == HttpStatusCode.Forbidden, "the token expires after a second");
    }

    [Fact]
    public async Task A_token_can_be_narrower_than_its_user_but_makes_nothing_wider_than_itself()
    {
        using var browser = await hub.SignedInAsync("hank");
        var (_, narrow, scopes) = await CreateAsync(browser, """{"scopes": ["tokens!user"]}""");
        Assert.Equal(["read:tokens!user=hank", "read:users:groups!user=hank", "read:users:name!user=hank", "tokens!user=hank"], scopes.Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(narrow, "/hub/api/info"));

        using var api = new Browser(hub.Api);
        using var made = await api.SendAsync(HttpMethod.Post, "/hub/api/users/hank/tokens", content: null, ("Authorization", $"token {narrow}"));
        var model = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        Assert.Equal(scopes.Order(StringComparer.Ordinal), model["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_token_that_was_made_for_what_its_user_may_today_makes_none_for_what_they_may_tomorrow()
    {
        using var browser = await hub.SignedInAsync("hank");
        var (_, self, _) = await CreateAsync(browser, """{"scopes": ["self"]}""");
        using var api = new Browser(hub.Api);
        using var made = await api.SendAsync(HttpMethod.Post, "/hub/api/users/hank/tokens", content: null, ("Authorization", $"token {self}"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.DoesNotContain("inherit", JsonNode.Parse(await made.Content.ReadAsStringAsync())!["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""{"scopes": ["admin:users"]}""", "not held by User hank")]
    [InlineData("""{"scopes": ["access:servers!user=dave"]}""", "not held by User hank")]
    [InlineData("""{"scopes": ["access:servers!server=dave/"]}""", "not held by User hank")]
    [InlineData("""{"scopes": ["nonexistent"]}""", "does not exist")]
    [InlineData("""{"scopes": "tokens"}""", "token scopes must be null or a list of strings, not 'tokens'")]
    [InlineData("""{"expires_in": "soon"}""", "token expires_in must be null or integer, not 'soon'")]
    [InlineData("""{"expires_in": 1.5}""", "token expires_in must be null or integer, not 1.5")]
    [InlineData("""{"expires_in": -1}""", "expires_in must be a positive integer, not -1")]
    [InlineData("""{"roles": ["nonexistent"]}""", "No such role: nonexistent")]
    [InlineData("""{"roles": ["user"], "scopes": ["self"]}""", "Can only assign one of scopes or roles")]
    [InlineData("""{"scopes": ["tokens!planet=mars"]}""", "does not exist")]
    [InlineData("""[1]""", "Body must be a JSON dict or empty")]
    public async Task A_token_that_cannot_be_is_refused_with_the_reason(string body, string reason)
    {
        using var browser = await hub.SignedInAsync("hank");
        using var answer = await browser.SendAsync(HttpMethod.Post, "/hub/api/users/hank/tokens", new StringContent(body, Encoding.UTF8, "application/json"), Xsrf(browser));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_makes_tokens_for_another_user_but_an_admin()
    {
        using var browser = await hub.SignedInAsync("hank");
        using var refused = await browser.SendAsync(HttpMethod.Post, "/hub/api/users/dave/tokens", content: null, Xsrf(browser));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var unknown = await browser.GetAsync("/hub/api/users/nobody/tokens");
        using var other = await browser.GetAsync("/hub/api/users/dave/tokens");
        Assert.Equal(await unknown.Content.ReadAsStringAsync(), await other.Content.ReadAsStringAsync());

        using var admin = await hub.SignedInAsync("root");
        using var made = await admin.SendAsync(HttpMethod.Post, "/hub/api/users/hank/tokens", content: null, Xsrf(admin));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }

    private static (string, string) Xsrf(Browser browser) => ("X-XSRFToken", browser.Cookie("_xsrf", "/hub/")!);

    private static async Task<(string Id, string Secret, string[] Scopes)> CreateAsync(Browser browser, string body)
    {
        using var answer = await browser.SendAsync(HttpMethod.Post, "/hub/api/users/hank/tokens", new StringContent(body, Encoding.UTF8, "application/json"), Xsrf(browser));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var model = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (model["id"]!.GetValue<string>(), model["token"]!.GetValue<string>(), [.. model["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>())]);
    }

    private async Task<HttpStatusCode> StatusAsync(string token, string target)
    {
        using var api = new Browser(hub.Api);
        using var answer = await api.GetAsync(target, ("Authorization", $"token {token}"));
        return answer.StatusCode;
    }
}
