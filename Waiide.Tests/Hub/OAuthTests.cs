using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Waiide.Tests.Hub;

/// <summary>How a server learns who is there, and how it stops being true.</summary>
[Collection(HubTests.Name)]
public sealed class OAuthTests(HubFixture hub)
{
    private const string Authorize = "/hub/api/oauth2/authorize?client_id=jupyterhub-user-dave&redirect_uri=%2Fuser%2Fdave%2Foauth_callback&response_type=code";

    [Fact]
    public async Task A_browser_that_signs_in_ends_at_its_server_whose_code_buys_a_token_of_that_user()
    {
        var verifier = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        using var browser = hub.NewBrowser();

        using var asked = await browser.GetAsync($"{Authorize}&state=a%20b&code_challenge={challenge}&code_challenge_method=S256");
        var login = asked.Headers.Location!.OriginalString;
        Assert.StartsWith("/hub/login?next=%2Fhub%2Fapi%2Foauth2%2Fauthorize%3F", login, StringComparison.Ordinal);
        using var signedIn = await browser.SignInAsync("dave", "pw", login);
        using var authorized = await browser.GetAsync(signedIn.Headers.Location!.OriginalString);
        var callback = authorized.Headers.Location!.OriginalString;
        Assert.Matches(@"^/user/dave/oauth_callback\?code=\w{30}&state=a\+b$", callback);

        var token = await TokenAsync(callback.Split("code=")[1].Split('&')[0], ("code_verifier", verifier));
        var user = await UserAsync(token);
        Assert.Equal("dave", user!["name"]!.GetValue<string>());
        Assert.Equal(browser.Cookie("jupyterhub-session-id", "/"), user["session_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_code_is_redeemed_once_however_many_ask_at_the_same_moment()
    {
        using var browser = await hub.SignedInAsync("dave");
        var code = await browser.CodeAsync("dave");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ExchangeAsync(("code", code))));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_grant", answer.Error));
    }

    [Theory]
    [InlineData("%2Fuser%2Fdave%2Foauth_callback%2F")]
    [InlineData("%2Fuser%2Fdave%2FOAUTH_callback")]
    [InlineData("%2Fuser%2Fdave%2F.%2Foauth_callback")]
    [InlineData("%2F%2Fevil.example%2Fuser%2Fdave%2Foauth_callback")]
    [InlineData("https%3A%2F%2Fevil.example%2F")]
    [InlineData("%2Fuser%2Fdave%2Foauth_callback&redirect_uri=https%3A%2F%2Fevil.example%2F")]
    public async Task A_redirect_uri_is_compared_byte_for_byte(string redirectUri)
    {
        using var browser = await hub.SignedInAsync("dave");
        using var answer = await browser.GetAsync($"/hub/api/oauth2/authorize?client_id=jupyterhub-user-dave&redirect_uri={redirectUri}&response_type=code&state=abc");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task A_code_for_one_server_is_no_good_at_another_of_the_same_user()
    {
        using var browser = await hub.SignedInAsync("alice");
        var code = await browser.CodeAsync("alice");

        var answer = await ExchangeAsync(
            ("client_id", "jupyterhub-user-alice-env-one"), ("client_secret", HubFixture.AliceEnvOneToken), ("redirect_uri", "/user/alice/env-one/oauth_callback"), ("code", code));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant", null), answer);
    }

    [Fact]
    public async Task An_admin_is_asked_before_a_users_server_learns_about_them_and_only_the_first_time()
    {
        using var admin = await hub.SignedInAsync("root");
        const string authorize = "/hub/api/oauth2/authorize?client_id=jupyterhub-user-we%252Bird%2540ex.org-s-%25C3%25A9&response_type=code&state=abc";

        using var question = await admin.GetAsync(authorize);
        Assert.Equal(HttpStatusCode.OK, question.StatusCode);
        using var forged = await admin.PostFormAsync(authorize);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        using var confirmed = await admin.PostFormAsync(authorize, ("_xsrf", admin.Cookie("_xsrf", "/hub/")!), ("scopes", "access:servers!server=we+ird@ex.org/s-é"));
        var callback = confirmed.Headers.Location!.OriginalString;
        Assert.StartsWith("/user/we%2Bird@ex.org/s-%C3%A9/oauth_callback?code=", callback, StringComparison.Ordinal);

        var token = await TokenAsync(
            callback.Split("code=")[1].Split('&')[0], ("client_id", "jupyterhub-user-we%2Bird%40ex.org-s-%C3%A9"), ("client_secret", "weird-server-token-0123456789abcdef"));
        var user = await UserAsync(token);
        Assert.Equal("root", user!["name"]!.GetValue<string>());
        Assert.Contains("access:servers!server=we+ird@ex.org/s-é", user["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()));

        using var again = await admin.GetAsync(authorize);
        Assert.Equal(HttpStatusCode.Found, again.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_sessions_tokens_and_no_others()
    {
        using var leaving = await hub.SignedInAsync("dave");
        using var staying = await hub.SignedInAsync("dave");
        var (lost, kept) = (await TokenAsync(await leaving.CodeAsync("dave")), await TokenAsync(await staying.CodeAsync("dave")));
        var cookies = leaving.CookiesFor("/hub/");

        using var signedOut = await leaving.GetAsync("/hub/logout");

        Assert.Equal("/hub/login", signedOut.Headers.Location!.OriginalString);
        Assert.Null(await UserAsync(lost));
        Assert.NotNull(await UserAsync(kept));
        using var api = new Browser(hub.Api);
        using var replayed = await api.GetAsync("/hub/api/user", ("Cookie", cookies));
        Assert.Equal(HttpStatusCode.Forbidden, replayed.StatusCode);
    }

    [Fact]
    public async Task Revoking_one_token_of_a_server_revokes_all_that_it_has_of_this_user()
    {
        using var browser = await hub.SignedInAsync("dave");
        var (first, second) = (await TokenAsync(await browser.CodeAsync("dave")), await TokenAsync(await browser.CodeAsync("dave")));
        var id = (await UserAsync(first))!["token_id"]!.GetValue<string>();

        using var revoked = await browser.SendAsync(HttpMethod.Delete, $"/hub/api/users/dave/tokens/{id}", content: null, ("X-XSRFToken", browser.Cookie("_xsrf", "/hub/")!));

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Null(await UserAsync(first));
        Assert.Null(await UserAsync(second));
        Assert.NotNull(await UserAsync(HubFixture.DaveToken));
    }

    private async Task<string> TokenAsync(string code, params (string, string)[] more)
    {
        using var server = new Browser(hub.Api);
        using var answer = await server.PostFormAsync("/hub/api/oauth2/token", Form([("code", code), .. more]));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
    }

    private async Task<(HttpStatusCode Status, string? Error, string? Description)> ExchangeAsync(params (string, string)[] fields)
    {
        using var server = new Browser(hub.Api);
        using var answer = await server.PostFormAsync("/hub/api/oauth2/token", Form(fields));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (answer.StatusCode, body["error"]?.GetValue<string>(), body["error_description"]?.GetValue<string>());
    }

    // Dave's server, unless the fields say otherwise.
    private static (string, string)[] Form((string Name, string Value)[] fields) =>
    [
        .. new[] { ("grant_type", "authorization_code"), ("client_id", "jupyterhub-user-dave"), ("client_secret", HubFixture.DaveToken) }.Where(field => fields.All(given => given.Name != field.Item1)),
        .. fields,
    ];

    private async Task<JsonNode?> UserAsync(string token)
    {
        using var server = new Browser(hub.Api);
        using var answer = await server.GetAsync("/hub/api/user", ("Authorization", $"token {token}"));
        return answer.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
    }
}
