namespace Waiide.Gateway;

/// <summary>Text from outside, made fit for a log line or a sentence: short, and on one line.</summary>
internal readonly struct LogText(string text)
{
    private const int Longest = 200;

    public override string ToString()
    {
        var shown = text.Length > Longest ? string.Concat(text.AsSpan(0, Longest), "…") : text;
        return string.Concat(shown.Select(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' ? '?' : letter));
    }
}
