using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Consoles;

/// <summary>
/// What a program wrote for a terminal, as HTML or as plain text: colours and weights (ECMA-48, "Select Graphic Rendition", such as ESC[1;31m) become classes, addresses become links, all other control is left out.
/// </summary>
internal static partial class Ansi
{
    public static string Plain(string line) => line.AsSpan().ContainsAnyInRange('\0', '\x1f') ? Controls().Replace(line, "") : line;

    public static Html ToHtml(string line)
    {
        if (!line.Contains('\x1b', StringComparison.Ordinal))
        {
            return WithLinks(Plain(line));
        }

        var html = new StringBuilder();
        var style = Style.None;
        var at = 0;
        foreach (Match sequence in Rendition().Matches(line))
        {
            Append(line[at..sequence.Index]);
            style = style.After(sequence.Groups[1].Value);
            at = sequence.Index + sequence.Length;
        }

        Append(line[at..]);
        return new Html(html.ToString());

        void Append(string text)
        {
            var inside = WithLinks(Plain(text));
            if (inside.Text.Length > 0)
            {
                html.Append(style == Style.None ? inside.Text : Html.Of($"""<span class="{style.Classes}">{inside}</span>""").Text);
            }
        }
    }

    private static Html WithLinks(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return Html.Of($"{text}");
        }

        var html = new StringBuilder();
        var at = 0;
        foreach (Match link in Address().Matches(text))
        {
            html.Append(Html.Of($"""{text[at..link.Index]}<a href="{link.Value}" target="_blank" rel="noopener noreferrer">{link.Value}</a>""").Text);
            at = link.Index + link.Length;
        }

        return new Html(html.Append(Html.Of($"{text[at..]}").Text).ToString());
    }

    // ESC [ 1 ; 31 m
    [GeneratedRegex(@"\x1b\[([0-9;:]*)m", RegexOptions.CultureInvariant)]
    private static partial Regex Rendition();

    // Control sequences (ESC [ ... letter), operating system commands such as titles and links (ESC ] ... BEL or ESC \), other escapes, and single control characters but tab and line feed.
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f]", RegexOptions.CultureInvariant)]
    private static partial Regex Controls();

    [GeneratedRegex(@"https?://[^\s<>""'`\[\]{}]*[^\s<>""'`\[\]{}.,;:!?)]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    /// <summary>How text looks: the two colours, as numbers of the sixteen that every terminal has, and its weight.</summary>
    private readonly record struct Style(int? Ink, int? Ground, bool IsBold, bool IsDim, bool IsItalic, bool IsUnderlined)
    {
        // As xterm has them.
        private static readonly (int R, int G, int B)[] Sixteen =
        [
            (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
            (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
        ];

        public static Style None { get; }

        public string Classes => string.Join(' ', Names());

        public Style After(string parameters)
        {
            var style = this;
            var codes = new Queue<int>(parameters.Split(';', ':').Select(code => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0));
            while (codes.TryDequeue(out var code))
            {
                style = code switch
                {
                    0 => None,
                    1 => style with { IsBold = true },
                    2 => style with { IsDim = true },
                    3 => style with { IsItalic = true },
                    4 => style with { IsUnderlined = true },
                    22 => style with { IsBold = false, IsDim = false },
                    23 => style with { IsItalic = false },
                    24 => style with { IsUnderlined = false },
                    >= 30 and <= 37 => style with { Ink = code - 30 },
                    38 => style with { Ink = Extended(codes) },
                    39 => style with { Ink = null },
                    >= 40 and <= 47 => style with { Ground = code - 40 },
                    48 => style with { Ground = Extended(codes) },
                    49 => style with { Ground = null },
                    >= 90 and <= 97 => style with { Ink = code - 82 },
                    >= 100 and <= 107 => style with { Ground = code - 92 },
                    _ => style,
                };
            }

            return style;
        }

        // 38;5;N is one of 256, 38;2;R;G;B any colour: the nearest of the sixteen, for those suit both themes.
        private static int? Extended(Queue<int> codes)
        {
            codes.TryDequeue(out var kind);
            if (kind == 2)
            {
                return Nearest(Next(), Next(), Next());
            }

            return Next() switch
            {
                < 16 and var one => one,
                >= 232 and var grey => Nearest(8 + ((grey - 232) * 10), 8 + ((grey - 232) * 10), 8 + ((grey - 232) * 10)),
                var cube => Nearest(Level((cube - 16) / 36), Level((cube - 16) / 6 % 6), Level((cube - 16) % 6)),
            };

            int Next() => codes.TryDequeue(out var next) ? Math.Clamp(next, 0, 255) : 0;

            static int Level(int step) => step == 0 ? 0 : 55 + (step * 40);
        }

        private static int Nearest(int r, int g, int b) => Enumerable.Range(0, Sixteen.Length).MinBy(index =>
            Square(Sixteen[index].R - r) + Square(Sixteen[index].G - g) + Square(Sixteen[index].B - b));

        private static int Square(int number) => number * number;

        private IEnumerable<string> Names()
        {
            if (Ink is { } ink)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"ink{ink}");
            }

            if (Ground is { } ground)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"ground{ground}");
            }

            foreach (var (isSet, name) in ((bool, string)[])[(IsBold, "bold"), (IsDim, "dim"), (IsItalic, "italic"), (IsUnderlined, "underlined")])
            {
                if (isSet)
                {
                    yield return name;
                }
            }
        }
    }
}
