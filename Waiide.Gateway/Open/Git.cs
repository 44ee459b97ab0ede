using System.Text;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Open;

/// <summary>Runs git for the user beside the IDE: with their own configuration, only over http(s), and never with a question that nobody sees.</summary>
internal sealed class Git(IdeHome home)
{
    private const int LongestLine = 400;
    private const int MostLines = 200;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string> WithoutQuestions = new()
    {
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_ASKPASS"] = "false",
        ["SSH_ASKPASS"] = "false",
        ["GCM_INTERACTIVE"] = "never",
        ["GIT_ALLOW_PROTOCOL"] = "http:https",
        ["LC_ALL"] = "C.UTF-8", // Its messages are looked into.
    };

    internal static bool IsInstalled => IdeCommand.IsOnPath("git", Environment.GetEnvironmentVariable("PATH"));

    /// <summary>A value of a repository's configuration; null where it has none. Only that file is read: git that works in a repository may run what its configuration names.</summary>
    public async Task<string?> ReadAsync(string file, string key)
    {
        var lines = new List<string>();
        return await RunAsync(["-C", "/", "config", "--file", file, "--get", key], lines.Add, AnswerLimit, CancellationToken.None) == 0 ? lines.FirstOrDefault() : null;
    }

    /// <summary>Runs it to its end, or to the limit, and returns the exit code. A line that replaces the one before it, as progress does, begins with a carriage return.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Action<string> say, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var process = home.StartBeside("git", arguments, WithoutQuestions);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        var output = Task.WhenAll(ReadAsync(process.StandardOutput, say), ReadAsync(process.StandardError, say));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            await output.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            await Run.EndGroupAsync(process, TimeSpan.FromSeconds(2));
            throw;
        }

        return process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader output, Action<string> say)
    {
        using var ours = output; // A Process leaves its closing to whoever reads.
        var (buffer, line, replaces, said) = (new char[4096], new StringBuilder(), false, 0);
        while (await output.ReadAsync(buffer) is > 0 and var length)
        {
            foreach (var character in buffer.AsSpan(0, length))
            {
                if (character is not ('\n' or '\r'))
                {
                    // What a remote server says must not be able to draw on a page or in a log.
                    _ = line.Length < LongestLine && !char.IsControl(character) ? line.Append(character) : line;
                    continue;
                }

                if (line.Length > 0 && (replaces || said++ < MostLines))
                {
                    say((replaces ? "\r" : "") + line);
                }

                replaces = character == '\r' && line.Length > 0;
                line.Clear();
            }
        }

        if (line.Length > 0)
        {
            say(line.ToString());
        }
    }
}
