using System.Text;

namespace Waiide.Gateway;

/// <summary>What a child process prints, line by line: it can neither fill the memory by a line that never ends nor forge lines or colours where it is shown.</summary>
internal static class BoundedLines
{
    /// <summary>Reads to the end and tells each line that is not empty, with the character that ended it ('\0': none did).</summary>
    internal static async Task ReadAsync(TextReader output, int longest, Action<string, char> tell)
    {
        // Not by ReadLine, which keeps all of a line that never ends.
        var (buffer, line) = (new char[4096], new StringBuilder());
        while (await output.ReadAsync(buffer) is > 0 and var length)
        {
            foreach (var character in buffer.AsSpan(0, length))
            {
                if (character is '\n' or '\r')
                {
                    Tell(character);
                }
                else if (line.Length < longest && (!char.IsControl(character) || character == '\t'))
                {
                    line.Append(character);
                }
            }
        }

        Tell('\0');

        void Tell(char end)
        {
            if (line.Length > 0)
            {
                tell(line.ToString(), end);
                line.Clear();
            }
        }
    }
}
