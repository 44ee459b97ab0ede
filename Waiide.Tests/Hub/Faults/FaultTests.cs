using System.Globalization;
using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub.Faults;

/// <summary>The hub misbehaves as it is told to, no longer than it is told to, and only where that was allowed.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Off_by_default_there_is_no_such_API()
    {
        await using var hub = await FaultyHub.StartAsync(("Faults:Enabled", "false"));
        Assert.Equal(HttpStatusCode.NotFound, (await hub.ApiAsync("/faults")).Status);
    }

    [Fact]
    public async Task Faults_without_the_permission_for_them_are_a_mistake_and_all_others_are_told_with_it()
    {
        var output = await FailAsync(new() { ["Hub__Faults__slow__Delay"] = "1", ["Hub__Faults__Enabled"] = "" });
        Assert.Equal("Hub:Faults:slow is set, but faults are off: set Hub:Faults:Enabled=true, or take it out.", output);

        output = await FailAsync(new()
        {
            ["Hub__Faults__Enabled"] = "true",
            ["Hub__Faults__slow__Delay"] = "soon",
            ["Hub__Faults__monday__Kind"] = "mondays",
            ["Hub__Faults__again__Kind"] = "restart",
        });
        Assert.Contains("Hub:Faults:slow:delay is 'soon'; set seconds from 0 to 3600.", output, StringComparison.Ordinal);
        Assert.Contains("Hub:Faults:monday:kind is 'mondays'; the kinds of faults are error, ", output, StringComparison.Ordinal);
        Assert.Contains("Hub:Faults:again is a restart, which happens once", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_administrators_token_may_ask_for_faults()
    {
        await using var hub = await FaultyHub.StartAsync(
            ("Services:1:Name", "small"), ("Services:1:ApiToken", "small-token-0123456789"), ("Services:1:Scopes", "admin:users!user=ada,shutdown"),
            ("Services:2:Name", "desk"), ("Services:2:ApiToken", "desk-token-0123456789"), ("Services:2:Scopes", "admin:users"));
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/faults")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ApiAsync("/faults", "small-token-0123456789")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ApiAsync("/faults", "desk-token-0123456789")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ApiAsync("/faults", "nobody's")).Status);

        using var administrator = await hub.Hub.SignedInAsync("root");
        using var byCookie = await administrator.GetAsync("/hub/api/faults");
        Assert.Equal(HttpStatusCode.Forbidden, byCookie.StatusCode);
    }

    [Fact]
    public async Task A_fault_from_the_configuration_is_there_from_the_start_and_is_seen_and_ended_by_the_API()
    {
        await using var hub = await FaultyHub.StartAsync(("Faults:error:Status", "500"), ("Faults:error:Paths", "/hub/api/info"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await hub.ApiAsync("/info")).Status);
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user")).Status);

        var seen = (await hub.ApiAsync("/faults")).Body!.AsArray().Single()!;
        Assert.Equal(("error", true, 1), ((string)seen["kind"]!, (bool)seen["active"]!, (int)seen["strikes"]!));

        await hub.EndAsync("error");
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/info")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.ApiAsync("/faults/error")).Status);
    }

    [Fact]
    public async Task Every_fault_ends_by_itself_when_its_time_or_its_count_is_over()
    {
        await using var hub = await FaultyHub.StartAsync();
        await hub.BeginAsync("error", new { status = 502, count = 2 });
        Assert.Equal(
            [HttpStatusCode.BadGateway, HttpStatusCode.BadGateway, HttpStatusCode.OK],
            [(await hub.ApiAsync("/user")).Status, (await hub.ApiAsync("/user")).Status, (await hub.ApiAsync("/user")).Status]);
        Assert.False((bool)(await hub.ApiAsync("/faults/error")).Body!["active"]!);

        await hub.BeginAsync("error", new { duration = 0.5 });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await hub.ApiAsync("/user")).Status);
        await Eventually.Is(async () => (await hub.ApiAsync("/user")).Status == HttpStatusCode.OK, "half a second passes");
    }

    [Fact]
    public async Task Errors_have_the_shape_of_the_hubs_own_and_the_API_for_faults_is_spared()
    {
        await using var hub = await FaultyHub.StartAsync();
        await hub.BeginAsync("error", new { status = 500, paths = new[] { "/" } });
        var (status, body) = await hub.ApiAsync("/user");
        Assert.Equal((HttpStatusCode.InternalServerError, 500), (status, (int)body!["status"]!));

        using var browser = hub.Hub.NewBrowser();
        using var page = await browser.GetAsync("/hub/login");
        Assert.Equal((HttpStatusCode.InternalServerError, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.Equal("5.5.1", page.Headers.GetValues("X-JupyterHub-Version").Single());
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/faults")).Status);
    }

    [Fact]
    public async Task Tokens_are_revoked_or_expire_by_id_by_server_and_by_user()
    {
        await using var hub = await FaultyHub.StartAsync(
            ("Servers:0:User", "ada"), ("Servers:0:Url", $"http://127.0.0.1:{Ports.Free()}"), ("Servers:0:ApiToken", "ada-server-token-0123456789"));
        var (first, firstId) = await hub.NewTokenAsync("ada");
        var (second, _) = await hub.NewTokenAsync("ada");

        Assert.Equal(1, (int)(await hub.BeginAsync("token-revoked", new { id = firstId }))["strikes"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ApiAsync("/user", first)).Status);
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user", second)).Status);

        await hub.BeginAsync("token-expired", new Dictionary<string, object> { ["user"] = "ada", ["in"] = 1 });
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user", second)).Status);
        await Eventually.Is(async () => (await hub.ApiAsync("/user", second)).Status == HttpStatusCode.Forbidden, "the token expires in a second");

        await hub.Hub.StopAsync();
        await hub.Hub.StartAgainAsync();
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user", "ada-server-token-0123456789")).Status);
        await hub.BeginAsync("token-revoked", new { server = "ada/" });
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ApiAsync("/user", "ada-server-token-0123456789")).Status);
    }

    [Fact]
    public async Task A_withdrawn_scope_is_missing_at_once_with_what_it_covers_and_is_back_in_the_end()
    {
        await using var hub = await FaultyHub.StartAsync();
        var (token, _) = await hub.NewTokenAsync("ada");
        const string wide = "access:servers!user=ada";
        Assert.Contains(wide, await ScopesAsync(hub, token));

        await hub.BeginAsync("scope-withdrawn", new { scope = "access:servers", user = "ada" });
        Assert.DoesNotContain(wide, await ScopesAsync(hub, token));
        Assert.Contains("access:servers", await ScopesAsync(hub, FaultyHub.OpsToken));

        await hub.BeginAsync("all", new { kind = "scope-withdrawn", scope = "admin:users" });
        await hub.EndAsync(); // Nobody locks themselves out of this.
        Assert.Contains(wide, await ScopesAsync(hub, token));
    }

    [Fact]
    public async Task A_withdrawn_scope_takes_along_what_it_brings_and_the_sign_in_sees_it()
    {
        await using var hub = await FaultyHub.StartAsync(("Servers:0:User", "ada"), ("Servers:0:Url", "http://127.0.0.1:9"), ("Servers:0:ApiToken", "ada-server-token-0123456789"));
        using var browser = await hub.Hub.SignedInAsync("ada");
        var (token, _) = await hub.NewTokenAsync("root");
        await hub.BeginAsync("one", new { kind = "scope-withdrawn", scope = "admin:users", user = "root" });
        var left = await ScopesAsync(hub, token);
        Assert.DoesNotContain(left, scope => scope.Split('!')[0] is "admin:users" or "users" or "users:activity" or "read:users" or "list:users");
        Assert.Contains("read:users:name!user=root", left); // Who they are they are told all the same.
        Assert.Contains("admin:groups", left);

        await hub.BeginAsync("two", new { kind = "scope-withdrawn", scope = "access:servers" });
        using var refused = await browser.GetAsync("/hub/api/oauth2/authorize?client_id=jupyterhub-user-ada&redirect_uri=%2Fuser%2Fada%2Foauth_callback&response_type=code&state=abc");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await hub.EndAsync();
        using var granted = await browser.GetAsync("/hub/api/oauth2/authorize?client_id=jupyterhub-user-ada&redirect_uri=%2Fuser%2Fada%2Foauth_callback&response_type=code&state=abc");
        Assert.StartsWith("/user/ada/oauth_callback?code=", granted.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_skewed_clock_is_seen_in_dates_and_ends_tokens_before_their_time()
    {
        await using var hub = await FaultyHub.StartAsync();
        var (token, _) = await hub.NewTokenAsync("ada", 3600);
        await hub.BeginAsync("clock-skew", new { seconds = 7200 });

        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ApiAsync("/user", token)).Status);
        using var browser = hub.Hub.NewBrowser();
        using var answer = await browser.GetAsync("/hub/login");
        Assert.InRange(answer.Headers.Date!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(121));
        await hub.EndAsync();
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user", token)).Status);

        await hub.BeginAsync("clock-skew", new { seconds = 7200 });
        var (_, later) = await hub.NewTokenAsync("ada");
        var created = (string)(await hub.ApiAsync("/users/ada/tokens/" + later)).Body!["created"]!;
        Assert.True(DateTimeOffset.Parse(created, CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.AddMinutes(110), $"Created {created}.");
    }

    [Fact]
    public async Task A_wrong_version_is_told_in_the_header_and_by_the_API()
    {
        await using var hub = await FaultyHub.StartAsync(("Faults:version:Version", "99.1"));
        Assert.Equal("99.1", (string)(await hub.ApiAsync("/")).Body!["version"]!);
        using var browser = hub.Hub.NewBrowser();
        using var answer = await browser.GetAsync("/hub/login");
        Assert.Equal("99.1", answer.Headers.GetValues("X-JupyterHub-Version").Single());
    }

    private static async Task<string[]> ScopesAsync(FaultyHub hub, string token) => [.. (await hub.ApiAsync("/user", token)).Body!["scopes"]!.AsArray().Select(scope => (string)scope!)];

    private static async Task<string> FailAsync(Dictionary<string, string> settings)
    {
        settings["Hub__Users__ada"] = "pw";
        await using var process = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings);
        Assert.Equal(1, await process.WaitForExit());
        return process.Output;
    }
}
