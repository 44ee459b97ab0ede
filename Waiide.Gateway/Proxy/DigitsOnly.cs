using System.Text;

namespace Waiide.Gateway.Proxy;

/// <summary>
/// How Kestrel is to read a Content-Length: as digits. By itself it takes "+5" for five as well, and in Latin-1 "5\0" too; who stands in front may see another end of
/// the body. Anything but a digit becomes a letter here, which Kestrel answers with 400.
/// </summary>
internal sealed class DigitsOnly : Encoding
{
    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        for (var i = 0; i < byteCount; i++)
        {
            var letter = (char)bytes[byteIndex + i];
            chars[charIndex + i] = char.IsAsciiDigit(letter) ? letter : 'x';
        }

        return byteCount;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetByteCount(char[] chars, int index, int count) => ASCII.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => ASCII.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => ASCII.GetMaxByteCount(charCount);
}
