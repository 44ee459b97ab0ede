using System.Text.RegularExpressions;
using Waiide.ServiceDefaults.Metrics;
using Waiide.Tests.Gateway.Telemetry;
using Waiide.Tests.Support;

namespace Waiide.Tests.Docs;

/// <summary>docs/telemetry.md as a list of metrics.</summary>
internal static partial class TelemetryPage
{
    internal sealed record Metric(string Name, string Kind, string Unit, string[] Attributes, string Meaning)
    {
        /// <summary>As Prometheus' text calls it.</summary>
        internal string Family => PrometheusText.NameOf(Name, Unit) + (Kind == "counter" ? "_total" : "");
    }

    internal static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md"));

    // | `waiide.ide.state` | gauge | `{state}` | `waiide.ide.state` | 1 for … |
    internal static IReadOnlyList<Metric> Metrics { get; } =
    [
        .. MetricRow().Matches(Text).Select(row => new Metric(
            row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, [.. Quoted().Matches(row.Groups[4].Value).Select(name => name.Groups[1].Value)], row.Groups[5].Value)),
    ];

    // The hub's own are in another process; those of its API that begin alike are the gateway's.
    internal static IEnumerable<(string Family, string Kind, string Meaning)> OfTheGateway =>
        Metrics.Where(metric => metric.Name is not ("waiide.hub.servers" or "waiide.hub.spawn.duration" or "waiide.hub.api.requests")).Select(metric => (metric.Family, metric.Kind, metric.Meaning)).Order();

    /// <summary>Fails where a sample has an attribute, or an attribute a value, of which the page does not know.</summary>
    internal static void HasAttributesOf(MetricsText metrics)
    {
        foreach (var sample in metrics.Samples)
        {
            var metric = Metrics.Single(known => sample.Name == known.Family || (known.Kind == "histogram" && sample.Name[..sample.Name.LastIndexOf('_')] == known.Family));
            Assert.All(sample.Labels, label =>
            {
                Assert.True(label.Key == "le" || metric.Attributes.Select(name => name.Replace('.', '_')).Contains(label.Key), $"{sample.Name} has the attribute {label.Key}, which docs/telemetry.md does not know.");
                Assert.True(label.Key is "le" or "http_route" || Text.Contains($"`{label.Value}`", StringComparison.Ordinal), $"{label.Key} is {label.Value}, of which docs/telemetry.md does not know.");
            });
        }
    }

    [GeneratedRegex(@"^\| `(waiide\.[a-z_.]+)` \| (\w+) \| `([^`]+)` \| (.*?) ?\| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
