using Microsoft.Playwright;
using Waiide.Tests.Hub;
using Waiide.Tests.Support;

namespace Waiide.Tests.ServiceDefaults;

/// <summary>One click at the hub, up to the moment when somebody can type, is one trace: hub, front proxy, gateway, the IDE's start, OAuth and the browser, as children of what caused them.</summary>
public sealed class JourneyTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Password = "adas-own-password";

    [SkippableFact]
    public async Task A_click_that_starts_a_server_is_one_trace_up_to_the_cursor()
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        await using var collector = await OtlpReceiver.StartAsync();
        await using var hub = await RunningHub.StartAsync(
            ("Users:ada", Password), ("Spawner:Cmd", ""),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_SERVICE_NAME", "hub"), ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_TRACES_SAMPLER", "always_on"));
        var page = await Chromium.NewPageAsync();
        var queries = new System.Collections.Concurrent.ConcurrentQueue<string>();
        page.Request += (_, request) => queries.Enqueue(new Uri(request.Url).Query);
        await page.GotoAsync(new Uri(hub.Front, "/hub/login?next=%2Fhub%2Fspawn").AbsoluteUri);
        await page.GetByLabel("User name").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await new Workbench(page).IsOpen();
        await Eventually.Is(() => collector.Spans.Values.Any(span => span.Name == "browser"), "the browser tells that it is ready", TimeSpan.FromSeconds(60));

        OtlpReceiver.Span The(string name, string service) => collector.Spans.Values.First(span => span.Name == name && span.Service == service);
        string[] CausesOf(OtlpReceiver.Span span)
        {
            var causes = new List<string>();
            for (var at = span; at is not null; at = collector.Spans.GetValueOrDefault(at.ParentId))
            {
                causes.Add($"{at.Service}: {at.Name}");
            }

            return [.. causes];
        }

        // One trace, from the click on "Sign in": everything before it had waited for a person.
        var click = The("POST /hub/login", "hub");
        string[] own = ["spawn", "gateway start", "ide start", "authenticate", "scope check", "forward", "oauth authorize", "oauth code exchange", "oauth token", "oauth user", "browser", "browser document", "browser scripts", "browser workbench"];
        await Eventually.Is(() => own.All(name => collector.Spans.Values.Any(span => span.Name == name)), "all spans arrive");
        Assert.Empty(own.Except(collector.In(click.TraceId).Select(span => span.Name)));

        // What VS Code asks for afterwards is nothing of the click's any more.
        Assert.Single(collector.Spans.Values.Where(span => own.Contains(span.Name) && span.Start < The("browser", "gateway").End).Select(span => span.TraceId).Distinct());

        // Each with its causes, which end after it and arrive later.
        OtlpReceiver.Span First() => collector.In(click.TraceId).OrderBy(span => span.Start).First(span => span.Name == "GET" && span.Attributes.GetValueOrDefault("peer.service") == "ide");
        await Eventually.Is(
            () => new[] { The("ide start", "gateway"), The("oauth authorize", "hub"), The("oauth token", "hub"), First(), The("browser workbench", "gateway") }.All(span => CausesOf(span)[^1] == "hub: POST /hub/login"),
            "all causes arrive");
        Assert.Equal(["gateway: ide start", "gateway: gateway start", "hub: spawn", "hub: GET /hub/spawn", "hub: POST /hub/login"], CausesOf(The("ide start", "gateway")));
        Assert.Equal(["hub: oauth authorize", "hub: GET /hub/api/oauth2/authorize", "hub: POST /hub/login"], CausesOf(The("oauth authorize", "hub")));
        Assert.Equal(
            ["hub: oauth token", "hub: POST /hub/api/oauth2/token", "gateway: POST", "gateway: oauth code exchange", "gateway: GET /oauth_callback", "hub: GET", "hub: GET /user/ada/", "hub: POST /hub/login"],
            CausesOf(The("oauth token", "hub")));
        Assert.Equal(["gateway: GET", "gateway: forward", "gateway: GET {**path}", "hub: GET", "hub: GET /user/ada/", "hub: POST /hub/login"], CausesOf(First()));
        Assert.Equal(["gateway: browser workbench", "gateway: browser", "gateway: GET {**path}", "hub: GET", "hub: GET /user/ada/", "hub: POST /hub/login"], CausesOf(The("browser workbench", "gateway")));

        var spawn = The("spawn", "hub");
        Assert.Equal("process started", spawn.Events[0]);
        Assert.Equal("ready", spawn.Events[^1]);
        Assert.Contains("readiness poll", spawn.Events);
        Assert.Equal(["process started", "listening", "ready"], The("ide start", "gateway").Events);

        // The browser's part is where the gateway saw it ask, and after the IDE was there.
        var browser = The("browser", "gateway");
        var document = collector.Spans[browser.ParentId];
        Assert.InRange(Math.Abs((long)(browser.Start - document.Start)), 0, 2_000_000);
        Assert.True(browser.Start > The("ide start", "gateway").End && The("browser workbench", "gateway").End == browser.End);
        Assert.DoesNotContain(await page.Context.CookiesAsync(), cookie => cookie.Name == "waiide-trace");

        // Nothing that opens anything has left the house.
        var serverToken = hub.Servers().SelectMany(server => File.ReadAllText($"/proc/{server.Id}/environ").Split('\0')).First(variable => variable.StartsWith("JUPYTERHUB_API_TOKEN=", StringComparison.Ordinal)).Split('=')[1];
        var secrets = (await page.Context.CookiesAsync()).Select(cookie => cookie.Value).Where(value => value.Length > 12)
            .Concat(queries.SelectMany(query => query.TrimStart('?').Split('&')).Where(pair => pair.StartsWith("code=", StringComparison.Ordinal) || pair.StartsWith("state=", StringComparison.Ordinal)).Select(pair => pair.Split('=')[1]))
            .Append(serverToken).Append(Password).ToArray();
        Assert.True(secrets.Length > 5);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, collector.Text, StringComparison.Ordinal));
    }
}
