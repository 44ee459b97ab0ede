using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Telemetry;

public sealed class LogFormatTests
{
    [Fact]
    public async Task Whoever_collects_logs_as_JSON_gets_them_as_JSON()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("Logging__Console__FormatterName", "json"));

        await Eventually.Is(() => gateway.Process.Output.Contains("\"Category\"", StringComparison.Ordinal), "it has logged something");
        Assert.Contains(gateway.Process.Output.Split('\n'), line => line.StartsWith('{') && JsonNode.Parse(line)!["LogLevel"]!.ToString() == "Information");
    }
}
