using System.Diagnostics;
using System.Text;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Cuts a process's output into lines; what is no text arrives as replacement characters, and a line without end in pieces.</summary>
internal static class OutputLines
{
    public const int LongestLine = 64 * 1024;

    /// <summary>Reads until every writer has closed its end, or until <paramref name="giveUp"/>, and closes ours, which a <see cref="Process"/> leaves to whoever reads.</summary>
    public static async Task ReadAsync(StreamReader output, Action<string> onLine, CancellationToken giveUp)
    {
        using var ours = output;
        var line = new StringBuilder();
        var buffer = new char[4096];
        try
        {
            while (await output.ReadAsync(buffer, giveUp) is > 0 and var count)
            {
                Split(buffer.AsSpan(0, count), line, onLine);
            }
        }
        catch (OperationCanceledException)
        {
            // Someone outside the family keeps the pipe open; what it still writes is not the resource's.
        }

        if (line.Length > 0)
        {
            Emit(line, onLine);
        }
    }

    private static void Split(ReadOnlySpan<char> text, StringBuilder line, Action<string> onLine)
    {
        while (!text.IsEmpty)
        {
            var piece = text[..Math.Min(text.Length, LongestLine - line.Length)];
            var end = piece.IndexOf('\n');
            line.Append(end < 0 ? piece : piece[..end]);
            text = text[(end < 0 ? piece.Length : end + 1)..];
            if (end >= 0 || line.Length == LongestLine)
            {
                Emit(line, onLine);
            }
        }
    }

    private static void Emit(StringBuilder line, Action<string> onLine)
    {
        var text = line.ToString();
        line.Clear();
        onLine(text.EndsWith('\r') ? text[..^1] : text);
    }
}
