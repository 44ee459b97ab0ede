using System.Globalization;
using System.Text;

namespace Waiide.ServiceDefaults.Metrics;

/// <summary>
/// Prometheus' text (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/), named by OpenTelemetry's
/// rules for them (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/). Here the two differ in counters' names, the unit, numbers of buckets and the end.
/// </summary>
internal static class PrometheusText
{
    internal static string Of(IEnumerable<MetricFamily.Reading> families, bool asOpenMetrics)
    {
        var text = new StringBuilder();
        foreach (var (family, series) in families)
        {
            Write(text, family, series, asOpenMetrics);
        }

        if (asOpenMetrics)
        {
            text.Append("# EOF\n");
        }

        return text.ToString();
    }

    /// <summary>waiide.websocket.io in bytes is waiide_websocket_io_bytes.</summary>
    internal static string NameOf(string name, string unit)
    {
        var (plain, suffix) = (Plain(name), UnitOf(unit));
        return suffix.Length == 0 || plain.EndsWith("_" + suffix, StringComparison.Ordinal) ? plain : $"{plain}_{suffix}";
    }

    private static void Write(StringBuilder text, MetricFamily family, IReadOnlyList<Series> all, bool asOpenMetrics)
    {
        var name = NameOf(family.Name, family.Unit);
        var (sample, type) = family.Kind switch
        {
            MetricKind.Counter => (name + "_total", "counter"),
            MetricKind.Histogram => (name, "histogram"),
            _ => (name, "gauge"),
        };
        var described = asOpenMetrics ? name : sample;
        text.Append("# HELP ").Append(described).Append(' ').Append(Escaped(family.Help, alsoQuotes: asOpenMetrics)).Append('\n');
        text.Append("# TYPE ").Append(described).Append(' ').Append(type).Append('\n');
        if (asOpenMetrics && UnitOf(family.Unit) is { Length: > 0 } unit)
        {
            text.Append("# UNIT ").Append(described).Append(' ').Append(unit).Append('\n');
        }

        foreach (var series in all)
        {
            if (family.Kind == MetricKind.Histogram)
            {
                WriteHistogram(text, name, family.Bounds, series, asOpenMetrics);
            }
            else
            {
                WriteSample(text, sample, series, null, Number(series.Value));
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, IReadOnlyList<double> bounds, Series series, bool asOpenMetrics)
    {
        long below = 0;
        for (var at = 0; at < series.Buckets.Length; at++)
        {
            below += series.Buckets[at];
            var bound = at == bounds.Count ? "+Inf" : asOpenMetrics ? WithPoint(bounds[at]) : Number(bounds[at]);
            WriteSample(text, name + "_bucket", series, bound, below.ToString(CultureInfo.InvariantCulture));
        }

        WriteSample(text, name + "_sum", series, null, Number(series.Value));
        WriteSample(text, name + "_count", series, null, series.Count.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteSample(StringBuilder text, string name, Series series, string? bound, string value)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (key, tag) in series.Tags)
        {
            Label(Plain(key), Escaped(Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "", alsoQuotes: true));
        }

        if (bound is not null)
        {
            Label("le", bound);
        }

        text.Append(separator == '{' ? "" : "}").Append(' ').Append(value).Append('\n');

        void Label(string label, string escaped)
        {
            text.Append(separator).Append(label).Append("=\"").Append(escaped).Append('"');
            separator = ',';
        }
    }

    private static string UnitOf(string unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        "1" => "ratio",
        ['{', ..] => "", // {request}: a word for people.
        _ => Plain(unit),
    };

    // ASCII letters, digits and underscores; char.IsLetter knows many more.
    private static string Plain(string name) => string.Concat(name.Select((letter, at) => char.IsAsciiLetter(letter) || (at > 0 && char.IsAsciiDigit(letter)) ? letter : '_'));

    private static string Escaped(string text, bool alsoQuotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return alsoQuotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    // OpenMetrics compares bounds as text: "1.0".
    private static string WithPoint(double bound) => Number(bound) is var text && text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
}
