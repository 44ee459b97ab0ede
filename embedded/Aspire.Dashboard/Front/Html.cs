using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Aspire.Dashboard.Front;

/// <summary>Text that is HTML already. In <see cref="Of"/> every hole is encoded unless it is HTML itself, so that forgetting is not possible.</summary>
internal readonly record struct Html(string Text)
{
    public static Html None { get; } = new("");

    public static Html Of(Markup markup) => new(markup.ToString());

    public override string ToString() => Text;
}

/// <summary>An interpolated string that becomes HTML.</summary>
[InterpolatedStringHandler]
internal readonly struct Markup(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(text ?? ""));

    public void AppendFormatted(int number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Html html) => _text.Append(html.Text);

    public void AppendFormatted(IEnumerable<Html> parts) => _text.AppendJoin("", parts);

    public override string ToString() => _text.ToString();
}
