using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Hub;

/// <summary>The part of OAuth that versions differ in: proofs of who asks, and how a question is known to have been answered by the user.</summary>
[Collection(ProfileHubTests.Name)]
public sealed partial class OAuthProfileTests(ProfileHubs hubs)
{
    // RFC 7636, appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    private const string Authorize = "/hub/api/oauth2/authorize?client_id=jupyterhub-user-alice&redirect_uri=%2Fuser%2Falice%2Foauth_callback&response_type=code&state=abc";

    public static TheoryData<string, string, string> Proofs => ProfileHubs.Table(
        ("challenge, verifier", "200", "200", "200", "200"),
        ("challenge, wrong verifier", "200", "200", "200", "400 invalid_grant"),
        ("challenge, short verifier", "200", "200", "200", "400 invalid_grant"),
        ("challenge", "200", "200", "200", "400 invalid_request Code verifier required."),
        ("verifier", "200", "200", "200", "200"),
        ("", "200", "200", "200", "200"));

    [Theory]
    [MemberData(nameof(Proofs))]
    public async Task A_token_for_a_code_with(string profile, string sent, string expected)
    {
        using var browser = await hubs[profile].SignedInAsync("alice");
        var code = await browser.CodeAsync("alice", sent.StartsWith("challenge", StringComparison.Ordinal) ? $"&code_challenge={Challenge}&code_challenge_method=S256" : "");
        (string, string)[] proof = sent.Split(", ")[^1] switch
        {
            "verifier" => [("code_verifier", Verifier)],
            "wrong verifier" => [("code_verifier", new string('w', 43))],
            "short verifier" => [("code_verifier", "short")],
            _ => [],
        };
        Assert.Equal(expected, await ExchangeAsync(profile, code, proof));
    }

    [Fact]
    public async Task Neither_a_wrong_verifier_nor_none_uses_up_the_code_of_who_knows_it()
    {
        using var browser = await hubs["6.0"].SignedInAsync("alice");
        var code = await browser.CodeAsync("alice", $"&code_challenge={Challenge}&code_challenge_method=S256");
        Assert.Equal("400 invalid_request Code verifier required.", await ExchangeAsync("6.0", code));
        Assert.Equal("400 invalid_grant", await ExchangeAsync("6.0", code, ("code_verifier", new string('w', 43))));
        Assert.Equal("200", await ExchangeAsync("6.0", code, ("code_verifier", Verifier)));
        Assert.Equal("400 invalid_grant", await ExchangeAsync("6.0", code, ("code_verifier", Verifier)));
    }

    public static TheoryData<string, string, string> Challenges => ProfileHubs.Table(
        ($"&code_challenge={Challenge}&code_challenge_method=S256", "code", "code", "code", "code"),
        ($"&code_challenge={Challenge}&code_challenge_method=plain", "code", "code", "code", "error"),
        ($"&code_challenge={Challenge}", "code", "code", "code", "error"),
        ("&code_challenge=short&code_challenge_method=S256", "code", "code", "code", "error"),
        ($"&code_challenge={Challenge}&code_challenge_method=S512", "error", "error", "error", "error"));

    [Theory]
    [MemberData(nameof(Challenges))]
    public async Task A_challenge_that_would_protect_nothing_is_an_error_for_the_server_where_it_counts(string profile, string challenge, string expected)
    {
        using var browser = await hubs[profile].SignedInAsync("alice");
        using var answer = await browser.GetAsync(Authorize + challenge);
        var location = answer.Headers.Location!.OriginalString;
        Assert.StartsWith($"/user/alice/oauth_callback?{expected}=", location, StringComparison.Ordinal);
        Assert.EndsWith("&state=abc", location, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, bool> Answers => ProfileHubs.Table(
        ("the page itself", true, true, true, true),
        ("the page without _xsrf", true, false, false, false),
        ("the page without Referer", false, true, true, true),
        ("a page of a server", false, false, false, false),
        ("the question about another server", false, false, false, false),
        ("the same page of another host", false, false, false, false),
        ("nowhere", false, false, false, false));

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_to_the_question_comes_from(string profile, string where, bool isTaken)
    {
        using var admin = await hubs[profile].SignedInAsync("root");
        var origin = hubs[profile].Front.GetLeftPart(UriPartial.Authority);
        var question = $"{Authorize}&of={Uri.EscapeDataString(where)}"; // Nobody has answered this one.
        using var page = await admin.GetAsync(question);
        var xsrf = XsrfField().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        Assert.Equal(profile == "3.0", xsrf.Length == 0);
        var (referer, field) = where switch
        {
            "the page itself" => (origin + question, xsrf),
            "the page without _xsrf" => (origin + question, null),
            "the page without Referer" => (null, xsrf),
            "a page of a server" => (origin + "/user/alice/", null),
            "the question about another server" => (origin + question.Replace("alice", "bob", StringComparison.Ordinal), "forged"),
            "the same page of another host" => ("http://evil.example" + question, "forged"),
            _ => (null, (string?)null),
        };

        using var form = new FormUrlEncodedContent([.. field is null ? [] : new[] { KeyValuePair.Create("_xsrf", field) }, KeyValuePair.Create("scopes", "read:users:name!user")]);
        using var answer = await admin.SendAsync(HttpMethod.Post, question, form, referer is null ? [] : [("Referer", referer)]);

        Assert.Equal(isTaken ? HttpStatusCode.Found : HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(isTaken, answer.Headers.Location?.OriginalString.StartsWith("/user/alice/oauth_callback?code=", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task More_than_the_server_may_have_cannot_be_agreed_to(string profile)
    {
        using var admin = await hubs[profile].SignedInAsync("root");
        using var page = await admin.GetAsync(Authorize);
        var xsrf = XsrfField().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("_xsrf", xsrf), KeyValuePair.Create("scopes", "admin:users")]);
        using var answer = await admin.SendAsync(HttpMethod.Post, Authorize, form, ("Referer", hubs[profile].Front.GetLeftPart(UriPartial.Authority) + Authorize));
        Assert.Equal("/user/alice/oauth_callback?error=invalid_scope&state=abc", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task Whoever_may_not_use_a_server_hears_so_from_the_hub(string profile)
    {
        using var bob = await hubs[profile].SignedInAsync("bob");
        using var answer = await bob.GetAsync(Authorize);
        Assert.Equal((HttpStatusCode.Forbidden, null), (answer.StatusCode, answer.Headers.Location));
        Assert.Contains("You do not have permission to access Server at /user/alice/", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task A_code_of_a_session_that_has_ended_buys_nothing(string profile)
    {
        using var browser = await hubs[profile].SignedInAsync("alice");
        var code = await browser.CodeAsync("alice");
        using var signedOut = await browser.GetAsync("/hub/logout");
        Assert.Equal("400 invalid_grant", await ExchangeAsync(profile, code));
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task A_token_is_the_server_and_the_name_for_two_weeks_and_nothing_else(string profile)
    {
        using var browser = await hubs[profile].SignedInAsync("alice");
        using var server = new Browser(hubs[profile].Api);
        using var answer = await server.PostFormAsync("/hub/api/oauth2/token", Form(await browser.CodeAsync("alice")));
        var token = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal(["access_token", "expires_in", "scope", "token_type"], token.Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Equal(1_209_600, token["expires_in"]!.GetValue<int>());
        Assert.Equal(
            ["access:servers!server=alice/", "read:users:groups!user", "read:users:name!user"],
            token["scope"]!.GetValue<string>().Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal(("no-store", "no-cache"), (answer.Headers.CacheControl!.ToString(), answer.Headers.Pragma.ToString()));
    }

    private async Task<string> ExchangeAsync(string profile, string code, params (string, string)[] more)
    {
        using var server = new Browser(hubs[profile].Api);
        using var answer = await server.PostFormAsync("/hub/api/oauth2/token", Form(code, more));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return string.Join(' ', new[] { $"{(int)answer.StatusCode}", body["error"]?.GetValue<string>(), body["error_description"]?.GetValue<string>() }.Where(part => part is not null));
    }

    private static (string, string)[] Form(string code, params (string, string)[] more) =>
    [
        ("grant_type", "authorization_code"), ("client_id", "jupyterhub-user-alice"), ("client_secret", ProfileHubs.AliceToken),
        ("redirect_uri", "/user/alice/oauth_callback"), ("code", code), .. more,
    ];

    [GeneratedRegex("name=\"_xsrf\" value=\"([^\"]*)\"")]
    private static partial Regex XsrfField();
}
