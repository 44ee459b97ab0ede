using System.Net;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock;

namespace Waiide.Tests.Hub;

/// <summary>What tells one version of JupyterHub from another, and what none of them changes.</summary>
[Collection(ProfileHubTests.Name)]
public sealed class ProfileTests(ProfileHubs hubs)
{
    private const string Report = "report-uri /hub/security/csp-report";

    [Fact]
    public void There_is_a_hub_for_every_profile() =>
        Assert.Equal(VersionProfile.All.Keys.Order(StringComparer.Ordinal), ProfileHubs.All.AsEnumerable<object[]>().Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("3.0", "3.0.0", "'self'")]
    [InlineData("4.1", "4.1.6", "'none'")]
    [InlineData("5.5", "5.5.1", "'none'")]
    [InlineData("6.0", "6.0.0b2", "'none'")]
    public async Task Every_answer_tells_the_version_and_who_may_frame_it(string profile, string version, string ancestors)
    {
        using var browser = hubs[profile].NewBrowser();
        foreach (var (path, status) in new[]
        {
            ("/", HttpStatusCode.Found), ("/hub", HttpStatusCode.MovedPermanently), ("/hub/home", HttpStatusCode.Found), ("/hub/login", HttpStatusCode.OK), ("/hub/health", HttpStatusCode.OK),
            ("/hub/metrics", HttpStatusCode.Forbidden), ("/hub/nothing/here", HttpStatusCode.NotFound),
            ("/hub/api", HttpStatusCode.OK), ("/hub/api/user", HttpStatusCode.Forbidden), ("/hub/api/nothing", HttpStatusCode.NotFound), ("/hub/api/oauth2/token", HttpStatusCode.MethodNotAllowed),
        })
        {
            using var answer = await browser.GetAsync(path);
            Assert.Equal((path, status), (path, answer.StatusCode));
            Assert.Equal(version, answer.Headers.GetValues("X-JupyterHub-Version").Single());
            Assert.Equal("accept, content-type, authorization", answer.Headers.GetValues("Access-Control-Allow-Headers").Single());
            var isApi = path.StartsWith("/hub/api", StringComparison.Ordinal);
            Assert.StartsWith($"frame-ancestors {ancestors}; {Report}; default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal(isApi ? "application/json" : "text/html", answer.Content.Headers.ContentType!.ToString());
        }

        using var told = await browser.GetAsync("/hub/api/");
        Assert.Equal(version, JsonNode.Parse(await told.Content.ReadAsStringAsync())!["version"]!.GetValue<string>());
    }

    public static TheoryData<string, string, bool> Origins => ProfileHubs.Table(
        ("/hub/api", false, false, true, true),
        ("/hub/api/", false, false, true, true),
        ("/hub/api/user", false, false, false, false),
        ("/hub/api/nothing", false, false, false, false),
        ("/hub/login", false, false, false, false));

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Pages_of_other_origins_may_read_at_most_the_version(string profile, string path, bool mayRead)
    {
        using var browser = hubs[profile].NewBrowser();
        using var answer = await browser.GetAsync(path, ("Origin", "http://elsewhere.example"));
        Assert.Equal(mayRead ? ["*"] : [], answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins : []);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("3.0", "/user/alice/")]
    [InlineData("4.1", "/user/alice/")]
    [InlineData("5.5", "/user/alice/api")]
    [InlineData("6.0", "/user/alice/api")]
    public void A_server_is_ready_when_it_answers_where_the_version_asks(string profile, string path)
    {
        var polls = hubs.Server(profile).Requests.Where(request => !request.Headers.ContainsKey("Cookie") && !request.Headers.ContainsKey("X-Forwarded-For"));
        Assert.All(polls, poll => Assert.Equal(("GET", path), (poll.Method, poll.Target)));
        Assert.NotEmpty(polls);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task Errors_are_pages_for_people_and_json_for_programs(string profile)
    {
        using var browser = hubs[profile].NewBrowser();
        foreach (var (method, path, status, message) in new[]
        {
            (HttpMethod.Get, "/hub/api/nothing", 404, "Not Found"), (HttpMethod.Get, "/hub/api/user/", 404, "Not Found"), (HttpMethod.Get, "/HUB/api/user", 404, null), (HttpMethod.Get, "/hub/API/user", 404, null),
            (HttpMethod.Delete, "/hub/api/info", 405, "Method Not Allowed"), (HttpMethod.Get, "/hub/api/oauth2/token", 405, "Method Not Allowed"), (HttpMethod.Head, "/hub/api/user", 405, ""),
            (HttpMethod.Post, "/hub/home", 405, null), (HttpMethod.Delete, "/hub/login", 405, null), (HttpMethod.Options, "/hub/login", 405, null), (HttpMethod.Post, "/hub/logout", 405, null),
            (HttpMethod.Post, "/hub/security/csp-report", 403, null), (HttpMethod.Get, "/hub/api/metrics", 403, null),
        })
        {
            using var answer = await browser.SendAsync(method, path, content: null);
            if (path.StartsWith("/HUB", StringComparison.Ordinal))
            {
                Assert.Equal("/hub/HUB/api/user", answer.Headers.Location!.OriginalString); // Not the hub's prefix at all.
                continue;
            }

            Assert.Equal((method, path, status), (method, path, (int)answer.StatusCode));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal(message is null ? "text/html" : "application/json", answer.Content.Headers.ContentType!.ToString());
            if (message is { Length: > 0 })
            {
                Assert.Equal($$"""{"status":{{status}},"message":"{{message}}"}""", text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task A_browser_that_asks_whether_it_may_ask_learns_that_there_is_an_api(string profile)
    {
        using var browser = hubs[profile].NewBrowser();
        using var answer = await browser.SendAsync(HttpMethod.Options, "/hub/api/user", content: null, ("Origin", "http://x"), ("Access-Control-Request-Method", "GET"));
        Assert.Equal((HttpStatusCode.OK, 0L), (answer.StatusCode, answer.Content.Headers.ContentLength));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        using var nothing = await browser.SendAsync(HttpMethod.Options, "/hub/api/nothing", content: null);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task What_a_client_has_already_is_not_sent_again(string profile)
    {
        using var client = new Browser(hubs[profile].Api);
        using var first = await client.GetAsync("/hub/api/user", ("Authorization", $"token {ProfileHubs.MonitorToken}"));
        var etag = first.Headers.ETag!.ToString();
        using var second = await client.GetAsync("/hub/api/user", ("Authorization", $"token {ProfileHubs.MonitorToken}"), ("If-None-Match", etag));
        Assert.Equal((HttpStatusCode.NotModified, ""), (second.StatusCode, await second.Content.ReadAsStringAsync()));
        using var stranger = await client.GetAsync("/hub/api/user", ("If-None-Match", etag));
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        Assert.Null(stranger.Headers.ETag);
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task Metrics_are_for_those_who_may_read_them(string profile)
    {
        using var client = new Browser(hubs[profile].Api);
        using var refused = await client.GetAsync("/hub/metrics", ("Authorization", $"token {ProfileHubs.AliceToken}"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var answer = await client.GetAsync("/hub/metrics", ("Authorization", $"token {ProfileHubs.MonitorToken}"));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        var metrics = Waiide.Tests.Gateway.Telemetry.MetricsText.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(3, metrics["jupyterhub_total_users"].Single().Value);
        Assert.Equal(["ready", "spawning", "stopped", "stopping"], metrics["waiide_hub_servers"].Select(sample => sample.Labels["waiide_server_state"]).Order(StringComparer.Ordinal));
        Assert.True(metrics.Type("waiide_hub_spawn_duration_seconds") == "histogram" && metrics.Type("waiide_hub_api_requests_total") == "counter");
    }

    [Theory]
    [MemberData(nameof(ProfileHubs.All), MemberType = typeof(ProfileHubs))]
    public async Task A_browsers_report_about_a_page_is_one_short_line_of_the_log(string profile)
    {
        using var browser = await hubs[profile].SignedInAsync("bob");
        using var report = new StringContent("{\"csp-report\":\n\"forged line\"" + new string('x', 100_000));
        using var answer = await browser.SendAsync(HttpMethod.Post, "/hub/security/csp-report", report);
        Assert.Equal((HttpStatusCode.OK, 0L), (answer.StatusCode, answer.Content.Headers.ContentLength));
        await hubs[profile].Process.WaitForOutput("{\"csp-report\":?\"forged line\"");
        Assert.DoesNotContain(new string('x', 1000), hubs[profile].Process.Output, StringComparison.Ordinal);
    }
}
