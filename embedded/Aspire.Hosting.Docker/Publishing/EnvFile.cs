using System.Text;

namespace Aspire.Hosting.Docker.Publishing;

/// <summary>
/// The .env file beside a compose file: each variable after a comment that says what it is, and without a value until somebody gives it one.
/// </summary>
internal static class EnvFile
{
    /// <summary>Names the variables; whatever the file had before stays in it, for it may be the only place of a secret.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, string?> variables)
    {
        var entries = File.Exists(path) ? Read(path) : [];
        foreach (var (name, description) in variables)
        {
            entries.TryAdd(name, (description, ""));
        }

        var text = new StringBuilder();
        foreach (var (name, (comment, value)) in entries)
        {
            text.Append(string.IsNullOrWhiteSpace(comment) ? "" : $"# {comment}\n").Append(name).Append('=').Append(value).Append("\n\n");
        }

        // Secrets come to stand in it.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    private static SortedDictionary<string, (string? Comment, string Value)> Read(string path)
    {
        var entries = new SortedDictionary<string, (string? Comment, string Value)>(StringComparer.Ordinal);
        string? comment = null;
        using var lines = File.ReadLines(path).GetEnumerator();
        while (lines.MoveNext())
        {
            var line = lines.Current.TrimStart();
            if (line.StartsWith('#'))
            {
                comment = line[1..].Trim();
            }
            else if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                entries[line[..at].Trim()] = (comment, Value(line[(at + 1)..], lines, path));
                comment = null;
            }
            else
            {
                comment = null;
            }
        }

        return entries;
    }

    // A value in quotes may have lines:  KEY='first
    // second'
    private static string Value(string value, IEnumerator<string> lines, string path)
    {
        var start = value.TrimStart();
        if (start.Length == 0 || start[0] is not ('"' or '\''))
        {
            return value;
        }

        var whole = new StringBuilder(value);
        for (var part = start[1..]; !Closes(part, start[0]); part = lines.Current)
        {
            if (!lines.MoveNext())
            {
                throw new DistributedApplicationException($"{path} has a value that begins with {start[0]} and does not end.");
            }

            whole.Append('\n').Append(lines.Current);
        }

        return whole.ToString();
    }

    private static bool Closes(string part, char quote)
    {
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == '\\')
            {
                i++;
            }
            else if (part[i] == quote)
            {
                return true;
            }
        }

        return false;
    }
}
