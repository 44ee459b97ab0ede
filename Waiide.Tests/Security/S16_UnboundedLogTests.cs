using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S16: what others say gets into the log short, on one line, and without secrets; however it is said.</summary>
public class S16_UnboundedLogTests
{
    private const string Forged = "\r\n00:00:00 crit: Forged[0] all is lost\u001b[31m\u2028";

    private static readonly string Megabyte = string.Concat(Enumerable.Repeat("x", 1024 * 1024));

    [Fact]
    public async Task A_long_name_is_shortened_and_stays_on_its_line()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("LOG_LEVEL", "TRACE"));
        using var browser = gateway.Browser("ada");
        using var back = await ComesBackAsync(gateway, browser, Named("mallory\u2028" + Megabyte[..240]));
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        using var page = await browser.OpenAsync("/user/ada/");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.InRange((await page.Content.ReadAsStringAsync()).Length, 1, 20_000);

        await gateway.Process.WaitForOutput("mallory");
        IsClean(gateway.Process.Output);
        Assert.DoesNotContain(Megabyte[..201], gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken-from-the-hub", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024 * 1024, "")]
    [InlineData(256, "")]
    [InlineData(10, Forged)]
    public async Task A_name_that_no_hub_gives_is_no_name_and_is_repeated_nowhere(int length, string behind)
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("LOG_LEVEL", "TRACE"));
        using var browser = gateway.Browser("ada");
        using var back = await ComesBackAsync(gateway, browser, Named(("mallory" + Megabyte)[..length] + behind));
        Assert.Equal(HttpStatusCode.BadGateway, back.StatusCode);
        Assert.DoesNotContain(browser.Cookies.Keys, name => name == gateway.Hub!.ClientId);
        Assert.DoesNotContain("mallory", await back.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await gateway.Process.WaitForOutput("A login failed");
        IsClean(gateway.Process.Output);
        Assert.DoesNotContain("mallory", gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken-from-the-hub", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_is_a_reason_that_the_hub_gives()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("LOG_LEVEL", "TRACE"));
        using var browser = gateway.Browser("ada");
        using var back = await ComesBackAsync(gateway, browser, new { error = "mallory" + Forged + Megabyte });
        Assert.InRange((await back.Content.ReadAsStringAsync()).Length, 1, 20_000);
        await gateway.Process.WaitForOutput("A login failed");
        IsClean(gateway.Process.Output);
    }

    [Fact]
    public async Task An_answer_of_the_hub_without_end_is_not_kept()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("LOG_LEVEL", "TRACE"));
        gateway.Hub!.Garbled = ("application/json", $"{{\"name\":\"ada\",\"scopes\":[],\"x\":\"{string.Concat(Enumerable.Repeat(Megabyte, 9))}\"}}");
        using var caller = new Caller(gateway);
        using var answer = await caller.AskAsync("GET", "/user/ada/x", ("Authorization", "token abc"));
        Assert.InRange((int)answer.StatusCode, 502, 503);
        IsClean(gateway.Process.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Neither_long_requests_nor_their_secrets_get_into_the_log(bool isUnderHub)
    {
        await using var gateway = isUnderHub ? await RunningGateway.StartAsync(await StubHub.StartAsync(), ("LOG_LEVEL", "TRACE")) : await RunningGateway.StandaloneAsync(("LOG_LEVEL", "TRACE"));
        gateway.Ide.When("/breaks", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var (prefix, own) = isUnderHub ? ("/user/ada", gateway.Hub!.TokenOf("ada")) : ("", RunningGateway.Token);
        using var caller = new Caller(gateway);
        var (path, agent) = (new string('p', 20_000), new string('u', 30_000));
        foreach (var target in new[]
        {
            $"/{path}?token=s3cret", "/breaks?token=s3cret&code=s3cret", $"/oauth_callback?error=s3cret{path}", $"/oauth_callback?code=s3cret&state=s3cret{path[..9000]}", "/login?token=s3cret", $"/login?next=/{path}", "/proxy/s3cret/", "/x/../s3cret",
            "/x%0d%0a00:00:00%20crit:%20Forged[0]%20s3cret",
        })
        {
            foreach (var credentials in new[] { "token " + own, "token s3cret" })
            {
                using var answer = await caller.AskAsync("GET", prefix + target, ("Authorization", credentials), ("User-Agent", agent), ("Cookie", "jupyterhub-user-ada=s3cret; _xsrf=s3cret"), ("X-JupyterHub-User", "s3cret"));
                Assert.InRange((int)answer.StatusCode, 200, 502);
            }
        }

        await Eventually.Is(() => gateway.Process.Output.Contains("could not be forwarded", StringComparison.Ordinal), "the failure is in the log");
        IsClean(gateway.Process.Output);
        Assert.DoesNotContain("s3cret", gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(own, gateway.Process.Output, StringComparison.Ordinal);
    }

    private static object Named(string name) => new { access_token = "t0ken-from-the-hub", expires_in = 100, name, kind = "user", scopes = Array.Empty<string>() };

    // The way back of a login, on which the hub says the same to every question.
    private static async Task<HttpResponseMessage> ComesBackAsync(RunningGateway gateway, Browser browser, object saidByTheHub)
    {
        using var start = await browser.OpenAsync("/user/ada/");
        using var authorized = await browser.OpenAsync(start.Headers.Location!.OriginalString);
        gateway.Hub!.Garbled = ("application/json", System.Text.Json.JsonSerializer.Serialize(saidByTheHub));
        return await browser.OpenAsync(authorized.Headers.Location!.OriginalString);
    }

    private static void IsClean(string log) => Assert.All(log.Split('\n'), line =>
    {
        Assert.InRange(line.Length, 0, 2000);
        Assert.False(line.StartsWith("00:00:00 crit", StringComparison.Ordinal), line);
        Assert.DoesNotContain(line, letter => letter is '\u001b' or '\u2028');
    });
}
