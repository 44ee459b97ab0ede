using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Dashboard;

[Collection("dashboard")]
public sealed class LoginTests(SampleApplication app, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task The_printed_link_lets_a_person_in_and_leaves_no_token_in_the_address()
    {
        Assert.Contains(app.Logged, line => line.EndsWith($"Login to the dashboard at {app.Address.GetLeftPart(UriPartial.Authority)}/login?t={SampleApplication.Token}", StringComparison.Ordinal));

        var page = await app.OpenAsync(Chromium, "/");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Resources" })).ToBeVisibleAsync();
        Assert.DoesNotContain(SampleApplication.Token, page.Url, StringComparison.Ordinal);
        var cookie = Assert.Single(await page.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Lax, cookie.SameSite);
        Assert.NotEqual(SampleApplication.Token, cookie.Value);
    }

    [SkippableFact]
    public async Task Whoever_comes_without_the_link_is_asked_for_the_token_and_gets_where_they_wanted()
    {
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, "/?resource=seed").AbsoluteUri);

        await page.GetByLabel("Token").FillAsync("guessed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("That is not the token of this run.");

        await page.GetByLabel("Token").FillAsync(SampleApplication.Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Details of seed" })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/resources")]
    [InlineData("/api/resources/shop")]
    [InlineData("/api/resources/shop/console")]
    [InlineData("/live/resources")]
    [InlineData("/live/console")]
    [InlineData("/live/console/state?resource=shop")]
    [InlineData("/consolelogs")]
    [InlineData("/consolelogs/resource/shop")]
    [InlineData("/consolelogs/text")]
    [InlineData("/telemetry/live/logs")]
    [InlineData("/structuredlogs")]
    [InlineData("/structuredlogs/entry/1")]
    [InlineData("/traces")]
    [InlineData("/traces/detail/0af7651916cd43dd8448eb211c80319c")]
    [InlineData("/traces/detail/0af7651916cd43dd8448eb211c80319c/span/b7ad6b7169203331")]
    [InlineData("/metrics")]
    [InlineData("/api/telemetry/resources")]
    [InlineData("/api/telemetry/logs")]
    [InlineData("/api/telemetry/spans")]
    [InlineData("/api/telemetry/traces")]
    [InlineData("/api/telemetry/traces/0af7651916cd43dd8448eb211c80319c")]
    [InlineData("/api/telemetry/export/logs")]
    [InlineData("/api/telemetry/export/traces")]
    [InlineData("/api/telemetry/export/metrics")]
    public async Task Nothing_is_told_to_a_stranger(string path)
    {
        using var stranger = app.Stranger();
        // A stream that was begun would not end.
        using var answer = await stranger.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        stranger.DefaultRequestHeaders.Add("x-api-key", "guessed");
        using var again = await stranger.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Theory]
    [InlineData("/api/resources/counter/commands/stop")]
    [InlineData("/api/parameters/payment-key")]
    [InlineData("/structuredlogs/pause")]
    [InlineData("/structuredlogs/clear")]
    [InlineData("/traces/clear")]
    [InlineData("/metrics/clear")]
    public async Task Nothing_is_done_for_a_stranger(string path)
    {
        using var stranger = app.Stranger();
        using var answer = await stranger.PostAsync(path, content: null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_can_neither_ask_for_a_change_nor_pretend_to_be_this_machine()
    {
        using var script = app.Script();
        using var change = new HttpRequestMessage(HttpMethod.Post, "/api/resources/till/commands/stop") { Headers = { { "Origin", "http://evil.example" } } };
        using var refused = await script.SendAsync(change);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { Host = "evil.example" } };
        using var misdirected = await script.SendAsync(rebound);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, misdirected.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("x-forwarded-prefix", "/proxy/15100")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 somebody")]
    public async Task Nothing_is_told_through_a_proxy(string header, string value)
    {
        using var script = app.Script();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/resources");
        request.Headers.TryAddWithoutValidation(header, value);
        using var refused = await script.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("http://evil.example/")]
    public async Task The_login_leads_nowhere_else(string returnUrl)
    {
        using var stranger = app.Stranger();
        using var answer = await stranger.GetAsync($"/login?t={SampleApplication.Token}&returnUrl={Uri.EscapeDataString(returnUrl)}");
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Every_page_forbids_what_is_not_its_own()
    {
        using var script = app.Script();
        foreach (var path in (string[])["/", "/consolelogs", "/login", "/?view=Graph", "/?resource=shop"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/html") } } };
            using var answer = await script.SendAsync(request);
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal(
                ("nosniff", "same-origin", "same-origin", "no-store"),
                (answer.Headers.GetValues("X-Content-Type-Options").Single(), answer.Headers.GetValues("Referrer-Policy").Single(), answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single(), answer.Headers.CacheControl?.ToString()));
            var page = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotMatch("""<script(?! src="/)|<style|\sstyle="|\son[a-z]+="|(?:src|href)="https?://(?!localhost)""", page);
        }
    }

    [Fact]
    public async Task A_form_that_is_too_large_is_refused()
    {
        using var script = app.Script();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["value"] = new('x', 100_000) });
        using var answer = await script.PostAsync("/api/parameters/payment-key", form);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }
}
