using System.Globalization;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Gateway.Telemetry;

/// <summary>Reads Prometheus' text and OpenMetrics by the rules of their formats, and fails where one is broken.</summary>
internal sealed partial class MetricsText
{
    private readonly Dictionary<string, string> _types = [];
    private readonly Dictionary<string, string> _helps = [];
    private readonly List<Sample> _samples = [];

    internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

    public IEnumerable<Sample> this[string name] => _samples.Where(sample => sample.Name == name);

    public IEnumerable<string> Families => _types.Keys;

    public IReadOnlyList<Sample> Samples => _samples;

    public string Type(string family) => _types[family];

    public string Help(string family) => _helps[family];

    public double Value(string name, params (string Label, string Value)[] labels) =>
        this[name].Where(sample => labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value)).Sum(sample => sample.Value);

    public static MetricsText Parse(string text, bool asOpenMetrics = false)
    {
        var metrics = new MetricsText();
        Assert.EndsWith(asOpenMetrics ? "\n# EOF\n" : "\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        var (family, seen) = ("", new HashSet<string>());
        foreach (var line in text.TrimEnd('\n').Split('\n').Where(line => line.Length > 0 && line != "# EOF"))
        {
            if (Comment().Match(line) is { Success: true } comment)
            {
                var name = comment.Groups[2].Value;
                Assert.True(name == family || seen.Add(name), $"{name} is described in two places.");
                family = name;
                if (comment.Groups[1].Value == "HELP")
                {
                    metrics._helps.Add(name, comment.Groups[3].Value);
                }
                else if (comment.Groups[1].Value == "TYPE")
                {
                    Assert.Contains(comment.Groups[3].Value, new[] { "counter", "gauge", "histogram" });
                    metrics._types.Add(name, comment.Groups[3].Value);
                }
                else if (comment.Groups[1].Value == "UNIT")
                {
                    Assert.True(asOpenMetrics);
                    Assert.EndsWith("_" + comment.Groups[3].Value, name, StringComparison.Ordinal);
                }

                continue;
            }

            var sample = Line().Match(line);
            Assert.True(sample.Success, $"This is no line of the format: {line}");
            var suffixes = metrics._types[family] switch
            {
                "histogram" => new[] { "_bucket", "_sum", "_count" },
                "counter" when asOpenMetrics => ["_total"],
                _ => [""],
            };
            Assert.Contains(sample.Groups[1].Value, suffixes.Select(suffix => family + suffix));
            var labels = Label().Matches(sample.Groups[2].Value).ToDictionary(label => label.Groups[1].Value, label => Unescaped(label.Groups[2].Value));
            var value = sample.Groups[3].Value == "+Inf" ? double.PositiveInfinity : double.Parse(sample.Groups[3].Value, NumberStyles.Float, CultureInfo.InvariantCulture);
            metrics._samples.Add(new Sample(sample.Groups[1].Value, labels, value));
        }

        Assert.All(metrics._types.Where(type => type.Value == "histogram"), type => metrics.IsAHistogram(type.Key));
        Assert.Equal(metrics._samples.Count, metrics._samples.Select(sample => sample.Name + string.Join(',', sample.Labels.OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}"))).Distinct().Count());
        return metrics;
    }

    private void IsAHistogram(string family)
    {
        foreach (var series in this[family + "_bucket"].GroupBy(bucket => string.Join(',', bucket.Labels.Where(label => label.Key != "le").OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}"))))
        {
            var buckets = series.ToArray();
            Assert.Equal("+Inf", buckets[^1].Labels["le"]);
            var bounds = buckets[..^1].Select(bucket => double.Parse(bucket.Labels["le"], CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(bounds.Order(), bounds);
            Assert.Equal(buckets.Select(bucket => bucket.Value).Order(), buckets.Select(bucket => bucket.Value));
            var rest = buckets[^1].Labels.Where(label => label.Key != "le").Select(label => (label.Key, label.Value)).ToArray();
            Assert.Equal(Value(family + "_count", rest), buckets[^1].Value);
            Assert.Single(this[family + "_sum"], sample => rest.All(label => sample.Labels[label.Key] == label.Value));
        }
    }

    private static string Unescaped(string text) => Escape().Replace(text, escape => escape.Value == "\\n" ? "\n" : escape.Value[1..]);

    [GeneratedRegex("^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$""")]
    private static partial Regex Line();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)""")]
    private static partial Regex Label();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();
}
