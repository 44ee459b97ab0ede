using System.Globalization;
using System.Text;
using Aspire.Dashboard.Front;
using Aspire.Dashboard.Telemetry.Metrics;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Draws lines over time, with the measurements that lead to a trace as dots.</summary>
internal static class ChartSvg
{
    private const int Width = 800;
    private const int Height = 240;
    private const int Left = 64;
    private const int Top = 10;
    private const int Bottom = 24;

    // Larger ones have differences that are not numbers, smaller ones have no power of ten.
    private const double Largest = 1e300, Smallest = 1e-300;

    public static Html Of(string name, string unit, ChartLine[] lines, IEnumerable<Exemplar> exemplars, ulong from, ulong until)
    {
        var dots = exemplars.Where(one => one.Time >= from && one.Time <= until && double.IsFinite(one.Value)).ToArray();
        var drawn = lines.Select(line => line with { Values = [.. line.Values.Select(Drawn)] }).ToArray();
        var most = Math.Max(drawn.SelectMany(line => line.Values).Max() ?? 0, dots.Select(dot => dot.Value).DefaultIfEmpty().Max());
        var least = Math.Min(0, drawn.SelectMany(line => line.Values).Min() ?? 0);
        var low = Nice(least);
        var high = Nice(most) is var top && top > low ? top : low < 0 ? 0 : 1;
        return Html.Of($"""
            <svg class="chart" viewBox="0 0 {Width} {Height}" role="img" aria-label="{name}, {unit}">
            {Enumerable.Range(0, 5).Select(tick => Across(low + ((high - low) * tick / 4)))}
            {Enumerable.Range(0, 5).Select(tick => Along(from + ((until - from) / 4 * (ulong)tick), tick))}
            {drawn.Select((line, index) => Html.Of($"""<path class="line s{index % 8}" d="{Path(line.Values)}"><title>{line.Name}</title></path>"""))}
            {dots.Select(dot => Html.Of($"""<a href="/traces/detail/{dot.TraceId.ToString()}?span={dot.SpanId.ToString()}"><circle class="exemplar" cx="{N(X((double)(dot.Time - from) / (until - from)))}" cy="{N(Y(dot.Value))}" r="4"><title>{Parts.Number(dot.Value)} {unit}: open the trace</title></circle></a>"""))}
            </svg>
            """);

        double Y(double value) => Top + ((Height - Top - Bottom) * (1 - ((Math.Clamp(value, low, high) - low) / (high - low))));

        Html Across(double value) => Html.Of($"""<path class="rule" d="M{Left} {N(Y(value))}H{Width}"/><text x="{Left - 6}" y="{N(Y(value) + 4)}" text-anchor="end">{Short(value)}</text>""");

        Html Along(ulong time, int tick) => Html.Of($"""<text x="{N(X(tick / 4.0))}" y="{Height - 6}" text-anchor="{(tick == 0 ? "start" : tick == 4 ? "end" : "middle")}">{UnixTime.Clock(time)[..8]}</text>""");

        string Path(double?[] values)
        {
            var path = new StringBuilder();
            for (var step = 0; step < values.Length; step++)
            {
                if (values[step] is { } value)
                {
                    // A value that stands alone would be a line of no length.
                    var move = step == 0 || values[step - 1] is null;
                    path.Append(CultureInfo.InvariantCulture, $"{(move ? 'M' : 'L')}{X((step + 0.5) / values.Length):0.#} {Y(value):0.#}");
                    if (move && (step + 1 == values.Length || values[step + 1] is null))
                    {
                        path.Append("h2");
                    }
                }
            }

            return path.ToString();
        }
    }

    private static double? Drawn(double? value) => value is { } number && double.IsFinite(number) ? Math.Clamp(number, -Largest, Largest) : null;

    private static double X(double share) => Left + ((Width - Left) * share);

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>1, 2, 2.5 or 5 times a power of ten, away from zero.</summary>
    private static double Nice(double value)
    {
        if (Math.Abs(value) < Smallest)
        {
            return 0;
        }

        value = Math.Clamp(value, -Largest, Largest);
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))));
        double[] steps = [1, 2, 2.5, 5, 10];
        return Math.Sign(value) * power * steps.First(step => step * power >= Math.Abs(value) * 0.9999999);
    }

    private static string Short(double value) => Math.Abs(value) switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.##}G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.##}k"),
        _ => value.ToString("0.#####", CultureInfo.InvariantCulture),
    };
}
