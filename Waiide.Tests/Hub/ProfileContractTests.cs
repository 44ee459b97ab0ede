using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Waiide.Tests.Hub;

/// <summary>What servers are promised by every version alike: how a token is shown, what a server's own one opens, what activity may say, and how an exchange is refused.</summary>
[Collection(ProfileHubTests.Name)]
public sealed class ProfileContractTests(ProfileHubs hubs)
{
    public static TheoryData<string, string, int> Shown => Alike(
        ("token @", 200), ("Token @", 200), ("bearer @", 200), ("Bearer @", 200), ("Basic @", 403), ("token x", 403), ("token", 403), ("", 403), ("?token=@", 403));

    [Theory]
    [MemberData(nameof(Shown))]
    public async Task A_token_counts_when_it_is_shown_as(string profile, string how, int status)
    {
        using var server = new Browser(hubs[profile].Api);
        var shown = how.Replace("@", ProfileHubs.AliceToken, StringComparison.Ordinal);
        using var answer = how.StartsWith('?') ? await server.GetAsync("/hub/api/user" + shown) : await server.GetAsync("/hub/api/user", ("Authorization", shown));
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 403)
        {
            var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Assert.Equal((403, "Forbidden"), (said["status"]!.GetValue<int>(), said["message"]!.GetValue<string>()));
        }
    }

    public static TheoryData<string, string, int> Opened => Alike(
        ("GET user", 200), ("GET users/alice", 200), ("GET users/bob", 404), ("DELETE users/alice/server", 403), ("POST users/alice/tokens", 403), ("GET info", 403), ("GET ", 200));

    [Theory]
    [MemberData(nameof(Opened))]
    public async Task A_servers_own_token_opens(string profile, string request, int status)
    {
        using var server = new Browser(hubs[profile].Api);
        var (method, path) = (request.Split(' ')[0], request.Split(' ')[1]);
        using var answer = await server.SendAsync(new HttpMethod(method), "/hub/api/" + path, content: null, ("Authorization", $"token {ProfileHubs.AliceToken}"));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    public static TheoryData<string, string, int> Told => Alike(
        ("""{"servers": {"": {"last_activity": "NOW"}}, "last_activity": "NOW"}""", 200),
        ("""{"last_activity": "NOW"}""", 200),
        ("""{"servers": {"": {"last_activity": "NOW"}}}""", 200),
        ("""{"last_activity": "2020-01-01T00:00:00Z"}""", 200), // Older than what is known, and ignored.
        ("""{"last_activity": "2020-01-01T00:00:00"}""", 200),
        ("""{"last_activity": "2020-01-01T02:00:00+02:00"}""", 200),
        ("""{"last_activity": "2099-01-01T00:00:00Z"}""", 400),
        ("""{"last_activity": "yesterday"}""", 400),
        ("""{"servers": {"ghost": {"last_activity": "NOW"}}}""", 400),
        ("""{"servers": {"": {}}}""", 400),
        ("{}", 400), ("[]", 400), ("{", 400), ("", 400));

    [Theory]
    [MemberData(nameof(Told))]
    public async Task Activity_is_told_as(string profile, string body, int status)
    {
        using var server = new Browser(hubs[profile].Api);
        var now = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        using var content = new StringContent(body.Replace("NOW", now, StringComparison.Ordinal), Encoding.UTF8, "text/plain"); // The type is not looked at.
        using var answer = await server.SendAsync(HttpMethod.Post, "/hub/api/users/alice/activity", content, ("Authorization", $"token {ProfileHubs.AliceToken}"));
        Assert.Equal((status, status != 200), ((int)answer.StatusCode, (await answer.Content.ReadAsStringAsync()).Length > 0));
    }

    public static TheoryData<string, string, int> Tellers => Alike(("alice token", 200), ("alice ", 403), ("bob token", 404));

    [Theory]
    [MemberData(nameof(Tellers))]
    public async Task Activity_is_told_by_a_server_of_its_user(string profile, string who, int status)
    {
        using var server = new Browser(hubs[profile].Api);
        using var content = new StringContent("""{"last_activity": "2020-01-01T00:00:00Z"}""");
        (string, string)[] token = who.EndsWith("token", StringComparison.Ordinal) ? [("Authorization", $"token {ProfileHubs.AliceToken}")] : [];
        using var answer = await server.SendAsync(HttpMethod.Post, $"/hub/api/users/{who.Split(' ')[0]}/activity", content, token);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    public static TheoryData<string, string, string> Refused => ProfileHubs.Table(
        [.. new[]
        {
            ("code=wrong", "400 invalid_grant"),
            ("client_secret=wrong", "401 invalid_client"),
            ("client_id=jupyterhub-user-nobody", "401 invalid_client"),
            ("redirect_uri=/elsewhere", "400 invalid_request"),
            ("grant_type=password", "400 unsupported_grant_type"),
        }.Select(row => (row.Item1, row.Item2, row.Item2, row.Item2, row.Item2))]);

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task An_exchange_is_refused_with(string profile, string wrong, string expected)
    {
        using var browser = await hubs[profile].SignedInAsync("alice");
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = "jupyterhub-user-alice",
            ["client_secret"] = ProfileHubs.AliceToken,
            ["redirect_uri"] = "/user/alice/oauth_callback",
            ["code"] = await browser.CodeAsync("alice"),
        };
        form[wrong.Split('=')[0]] = wrong.Split('=')[1];

        using var server = new Browser(hubs[profile].Api);
        using var answer = await server.PostFormAsync("/hub/api/oauth2/token", [.. form.Select(field => (field.Key, field.Value))]);

        Assert.Equal(expected, $"{(int)answer.StatusCode} {JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]}");
    }

    private static TheoryData<string, string, int> Alike(params (string Case, int Status)[] rows) =>
        ProfileHubs.Table([.. rows.Select(row => (row.Case, row.Status, row.Status, row.Status, row.Status))]);
}
