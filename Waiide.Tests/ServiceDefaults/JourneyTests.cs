using Microsoft.Playwright;
using Waiide.Tests.Hub;
using Waiide.Tests.Support;

namespace Waiide.Tests.ServiceDefaults;

/// <summary>One click at the hub, up to the moment when somebody can type, is one trace: hub, front proxy, gateway, the IDE's start, OAuth and the browser, as children of what caused them.</summary>
[Collection("browser")]
public sealed class JourneyTests(Chromium chromium)
{
    [SkippableFact]
    public async Task A_click_that_starts_a_server_is_one_trace_up_to_the_cursor()
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        await using var collector = await OtlpReceiver.StartAsync();
        await using var hub = await RunningHub.StartAsync(
            ("Users:ada", "ada-secret-password"), ("Spawner:Cmd", ""),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_SERVICE_NAME", "hub"), ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_TRACES_SAMPLER", "always_on"));
        var page = await chromium.NewPageAsync();
        await page.GotoAsync(new Uri(hub.Front, "/hub/login?next=%2Fhub%2Fspawn").AbsoluteUri);
        await page.GetByLabel("Username").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync("ada-secret-password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await new Workbench(page).IsOpen();
        await Eventually.Is(() => collector.Spans.Values.Any(span => span.Name == "browser"), "the browser tells that it is ready", TimeSpan.FromSeconds(60));
        Console.WriteLine(string.Join('\n', collector.Spans.Values.OrderBy(s => s.Start).Select(s => $"{s.TraceId[..6]} {s.SpanId[..6]} <- {(s.ParentId.Length > 0 ? s.ParentId[..6] : "      ")} {s.Service,-8} {s.Name} {s.Start / 1000000 % 1000000} {(s.End - s.Start) / 1000000} ms {string.Join(' ', s.Attributes.Where(a => !a.Key.StartsWith("server.") && !a.Key.StartsWith("net") && !a.Key.StartsWith("url.scheme") && !a.Key.StartsWith("user_agent") ).Select(a => a.Key + "=" + a.Value))} [{string.Join(", ", s.Events)}] -> {string.Join(',', s.Links)}")));
    }
}
