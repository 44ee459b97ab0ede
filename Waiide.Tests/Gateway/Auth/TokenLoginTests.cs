using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

public class TokenLoginTests(TokenLoginTests.Standalone world) : IClassFixture<TokenLoginTests.Standalone>
{
    public sealed class Standalone : IAsyncLifetime
    {
        internal RunningGateway Gateway { get; private set; } = null!;

        public async Task InitializeAsync() => Gateway = await RunningGateway.StandaloneAsync();

        public async Task DisposeAsync() => await Gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_page_request_goes_to_the_login_page_and_the_token_leads_back()
    {
        using var browser = world.Gateway.Browser();
        using var start = await browser.OpenAsync("/a%2Fb?folder=/x");
        var login = start.Headers.Location!.OriginalString;
        Assert.Equal("/login?next=%2Fa%252Fb%3Ffolder%3D%2Fx", login);
        using var page = await browser.OpenAsync(login);
        Assert.Contains("value=\"/a%2Fb?folder=/x\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var answer = await PostAsync(browser, RunningGateway.Token, "/a%2Fb?folder=/x", $"http://{world.Gateway.Authority}");

        Assert.Equal("/a%2Fb?folder=/x", answer.Headers.Location!.OriginalString);
        using var ide = await browser.OpenAsync("/a%2Fb?folder=/x");
        Assert.Equal(HttpStatusCode.OK, ide.StatusCode);
        Assert.Equal("/a%2Fb?folder=/x", world.Gateway.Ide.Forwarded.Last().Target);
    }

    [Fact]
    public async Task The_link_of_the_console_signs_in_and_the_token_leaves_the_address_bar()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_TOKEN", ""));
        await gateway.Process.WaitForOutput("/login?token=");
        var link = gateway.Process.Output.Split('\n').Single(line => line.StartsWith("Open http", StringComparison.Ordinal))["Open ".Length..];
        var token = (await File.ReadAllTextAsync(Path.Combine(gateway.DataDirectory, "token"))).Trim();
        Assert.Equal($"http://localhost:{gateway.Port}/login?token={token}", link);

        using var browser = gateway.Browser();
        using var answer = await browser.OpenAsync(new Uri(link).PathAndQuery);

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
        var cookie = Assert.Single(browser.Sessions);
        Assert.Matches("^waiide-[0-9a-f]{8}$", cookie.Key);
        Assert.Equal("/", cookie.Value.Path);
        Assert.DoesNotContain(token, cookie.Value.Value, StringComparison.Ordinal);
        using var ide = await browser.OpenAsync("/");
        Assert.Equal(HttpStatusCode.OK, ide.StatusCode);
        Assert.DoesNotContain("waiide-", gateway.Ide.Forwarded.Last().Headers.GetValueOrDefault("Cookie", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_was_set_is_named_on_the_console_and_not_shown()
    {
        await world.Gateway.Process.WaitForOutput($"Open http://localhost:{world.Gateway.Port}/ and sign in with the token of WAIIDE_TOKEN.");
        Assert.DoesNotContain(RunningGateway.Token, world.Gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_stays_on_the_page_and_signs_nobody_in()
    {
        using var browser = world.Gateway.Browser();
        using var typed = await PostAsync(browser, "a-token-for-the-tests-onlY", "/", $"http://{world.Gateway.Authority}");
        using var linked = await browser.OpenAsync("/login?token=wrong%3Cb%3E");

        Assert.Equal(HttpStatusCode.Unauthorized, typed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, linked.StatusCode);
        Assert.DoesNotContain("wrong", await linked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(browser.Sessions);
    }

    [Fact]
    public async Task Another_site_cannot_sign_a_browser_in()
    {
        using var browser = world.Gateway.Browser();
        using var foreign = await PostAsync(browser, RunningGateway.Token, "/", "https://evil.example.org");
        using var silent = await PostAsync(browser, RunningGateway.Token, "/", null);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, silent.StatusCode);
        Assert.Empty(browser.Sessions);
    }

    [Fact]
    public async Task A_request_for_two_slashes_is_not_turned_into_a_link_to_another_host()
    {
        var head = await RawHttp.SendAsync(world.Gateway.Port, $"GET //evil.example.org/x HTTP/1.1\r\nHost: {world.Gateway.Authority}\r\nAccept: text/html\r\n\r\n");
        Assert.Contains("Location: /login\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logout_shows_a_way_back_and_a_copy_of_the_cookie_opens_nothing()
    {
        using var browser = world.Gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        var copy = browser.CookiesFor("/");

        using var logout = await browser.OpenAsync("/logout");

        Assert.Contains("href=\"/login\"", await logout.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(browser.Sessions);
        using var replayed = await browser.SendAsync(HttpMethod.Get, "/x", null, ("Cookie", copy), ("Accept", "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode);
    }

    [Fact]
    public async Task A_session_that_was_signed_out_does_not_come_back_with_the_next_start()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        var copy = browser.CookiesFor("/");
        using var logout = await browser.OpenAsync("/logout");
        var file = Path.Combine(gateway.DataDirectory, "signed-out");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain(copy.Split('=')[1], await File.ReadAllTextAsync(file), StringComparison.Ordinal);

        await gateway.RestartAsync();

        using var replayed = await browser.SendAsync(HttpMethod.Get, "/x", null, ("Cookie", copy), ("Accept", "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode);
    }

    [Theory]
    [InlineData("token " + RunningGateway.Token, HttpStatusCode.OK)]
    [InlineData("Bearer " + RunningGateway.Token, HttpStatusCode.OK)]
    [InlineData("token " + RunningGateway.Token + "x", HttpStatusCode.Unauthorized)]
    [InlineData(RunningGateway.Token, HttpStatusCode.Unauthorized)]
    public async Task The_token_works_in_the_header_too(string authorization, HttpStatusCode status)
    {
        using var browser = world.Gateway.Browser();
        using var answer = await browser.SendAsync(HttpMethod.Get, "/x", null, ("Authorization", authorization), ("Accept", "application/json"));
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Two_gateways_on_one_machine_keep_separate_sessions()
    {
        await using var other = await RunningGateway.StandaloneAsync();
        using var browser = world.Gateway.Browser();
        using var one = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        using var two = await browser.OpenAsync($"{other.Url}login?token={RunningGateway.Token}");
        Assert.Equal(2, browser.Sessions.Count());

        using var logout = await browser.OpenAsync($"{other.Url}logout");
        using var first = await browser.FetchAsync("/x");
        using var second = await browser.FetchAsync($"{other.Url}x");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);

        // The session of one, under the name of the other's cookie.
        var session = browser.Sessions.Single().Value.Value;
        using var login = await browser.OpenAsync($"{other.Url}login?token={RunningGateway.Token}");
        var name = browser.Sessions.Single(other => other.Value.Value != session).Key;
        using var swapped = await other.Browser().SendAsync(HttpMethod.Get, "/x", null, ("Cookie", $"{name}={session}"), ("Accept", "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, swapped.StatusCode);
    }

    [Fact]
    public async Task The_generated_token_is_made_once_kept_private_and_printed_as_the_link_only()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_TOKEN", ""), ("LOG_LEVEL", "TRACE"));
        var file = Path.Combine(gateway.DataDirectory, "token");
        var token = (await File.ReadAllTextAsync(file)).Trim();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(gateway.DataDirectory));
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + token);
        Assert.Single(browser.Sessions);
        Assert.Single(gateway.Process.Output.Split('\n'), line => line.Contains(token, StringComparison.Ordinal));

        await gateway.RestartAsync();

        Assert.Equal(token, (await File.ReadAllTextAsync(file)).Trim());
        using var still = await browser.FetchAsync("/x");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task A_new_token_ends_the_sessions_of_the_old_one()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);

        await gateway.RestartAsync(("WAIIDE_TOKEN", "another-token-for-the-tests"));

        using var answer = await browser.FetchAsync("/x");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Without_authentication_everyone_enters_other_sites_do_not_and_the_log_is_loud()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_AUTH", "none"), ("WAIIDE_TOKEN", ""));
        await gateway.Process.WaitForOutput("EVERYONE who reaches this port may use the IDE");
        using var browser = gateway.Browser();
        using var page = await browser.OpenAsync("/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var (_, status) = await browser.ConnectAsync("/x", ("Origin", "http://evil.example.org"));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        var (socket, _) = await browser.ConnectAsync("/x", ("Origin", $"http://{gateway.Authority}"));
        Assert.NotNull(socket);
        socket.Dispose();
    }

    [Fact]
    public async Task Without_authentication_a_foreign_name_for_this_address_opens_nothing()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_AUTH", "none"), ("WAIIDE_TOKEN", ""), ("JUPYTERHUB_PUBLIC_URL", "https://ide.example.org/"));
        foreach (var (host, status) in new[]
        {
            ("evil.example.org", 403), ("localhost.example.org", 403), ("127.0.0.1.example.org", 403), ("localhost", 200), ("127.0.0.1", 200), ("[::1]", 200), ("ide.example.org", 200),
        })
        {
            Assert.Equal(status, await RawHttp.StatusAsync(gateway.Port, $"GET /x HTTP/1.1\r\nHost: {host}:{gateway.Port}\r\n\r\n"));
        }
    }

    [Fact]
    public async Task A_prefix_without_a_hub_asks_for_the_token_under_the_prefix()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("JUPYTERHUB_USER", "testuser"), ("JUPYTERHUB_SERVICE_PREFIX", "/user/testuser/testuser-waiide-abc123"));
        await gateway.Process.WaitForOutput("/user/testuser/testuser-waiide-abc123/ and sign in");
        using var browser = gateway.Browser();
        using var bare = await browser.OpenAsync("/user/testuser/testuser-waiide-abc123");
        Assert.Equal("/user/testuser/testuser-waiide-abc123/", bare.Headers.Location!.OriginalString);

        var (answer, _) = await browser.FollowAsync("/user/testuser/testuser-waiide-abc123/login?token=" + RunningGateway.Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/user/testuser/testuser-waiide-abc123/", Assert.Single(browser.Sessions).Value.Path);
        Assert.Equal("/", gateway.Ide.Forwarded.Last().Target);
    }

    private static Task<HttpResponseMessage> PostAsync(Browser browser, string token, string next, string? origin) =>
        browser.SendAsync(
            HttpMethod.Post,
            "/login",
            new FormUrlEncodedContent([new("token", token), new("next", next)]),
            [("Accept", "text/html"), .. origin is null ? Array.Empty<(string, string)>() : [("Origin", origin)]]);
}
