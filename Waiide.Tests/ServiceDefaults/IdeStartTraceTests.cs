using System.Diagnostics;
using System.Net;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.ServiceDefaults;

/// <summary>Starts of the IDE server in the traces, each with what it is because of.</summary>
public sealed class IdeStartTraceTests : IDisposable
{
    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [SkippableFact]
    public async Task The_first_belongs_to_the_spawn_and_later_ones_are_linked_to_who_asked_and_to_the_end_before()
    {
        Prerequisites.Need("node", "setsid");
        var stub = new StubCodeServer(_home.Path, _home.Path);
        var (trace, spawn) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
        await using var collector = await OtlpReceiver.StartAsync();
        await using var gateway = await RunningGateway.StandaloneAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("TRACEPARENT", $"00-{trace}-{spawn}-01"),
            ("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", stub.Program), ("WAIIDE_DATA_DIR", _home.Path), ("WAIIDE_WORKSPACE", _home.Path));
        OtlpReceiver.Span[] Starts() => [.. collector.Spans.Values.Where(span => span.Name == "ide start").OrderBy(span => span.Start)];

        await Eventually.Is(() => Starts().Length == 1, "the first start arrives");
        var gatewayStart = collector.Spans.Values.Single(span => span.Name == "gateway start");
        Assert.Equal((trace, spawn), (gatewayStart.TraceId, gatewayStart.ParentId));
        Assert.Equal((trace, gatewayStart.SpanId), (Starts()[0].TraceId, Starts()[0].ParentId));

        using var browser = gateway.Browser();
        using var asked = await browser.SendAsync(HttpMethod.Post, "/api/restart", null, ("Authorization", "token " + RunningGateway.Token));
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        await Eventually.Is(() => Starts().Length == 2 && collector.Spans.Values.Any(span => span.Name == "POST /api/restart"), "the second start arrives");
        var request = collector.Spans.Values.Single(span => span.Name == "POST /api/restart");
        Assert.Equal(("", "Somebody asked for it."), (Starts()[1].ParentId, Starts()[1].Attributes["waiide.cause"]));
        Assert.Equal(request.SpanId, Assert.Single(Starts()[1].Links));

        var run = await stub.Run();
        Process.Start("kill", ["-KILL", run.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.WaitForExit();
        await Eventually.Is(() => Starts().Length == 3, "the third start arrives");
        Assert.StartsWith("The IDE server ended with exit code", Starts()[2].Attributes["waiide.cause"], StringComparison.Ordinal);
        Assert.Equal(Starts()[1].SpanId, Assert.Single(Starts()[2].Links));
        Assert.DoesNotContain("TRACEPARENT", run.Env.Keys);
    }
}
