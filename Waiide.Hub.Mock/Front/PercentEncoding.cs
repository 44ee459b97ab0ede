using System.Globalization;
using System.Text;

namespace Waiide.Hub.Mock.Front;

/// <summary>Percent-encoding undone strictly, as JavaScript's decodeURIComponent does it.</summary>
internal static class PercentEncoding
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Throws <see cref="FormatException"/> for "%zz" and for bytes that are not UTF-8.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%' && char.IsAscii(text[i]))
            {
                bytes.Add((byte)text[i]);
            }
            else if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                throw new FormatException("The path has a percent sign without two hex digits, or a letter that should be encoded.");
            }
        }

        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException("The path is not UTF-8.", error);
        }
    }
}
