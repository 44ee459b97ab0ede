using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>The line that a supervised IDE server is started with, and its environment.</summary>
internal sealed record IdeCommand(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    private static readonly string[] NoPorts = ["--disable-proxy"];

    /// <summary>What to start: on the Unix socket <paramref name="socket"/>, or on VSCODE_PORT where that is set.</summary>
    internal static IdeCommand For(GatewayOptions options, string? socket, IReadOnlyDictionary<string, string> environment)
    {
        // Without a password, because nobody else gets there: the socket has mode 600, and a port is only asked for where the machine is the user's own.
        string[] listen = socket is null
            ? ["--bind-addr", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{options.VscodePort}")]
            : ["--socket", socket, "--socket-mode", "600"];
        string[] extensions = options.IdeExtensions is null ? [] : ["--builtin-extensions-dir", options.IdeExtensions];
        return new IdeCommand(
            options.IdeCommand,
            [
                "--auth", "none",
                .. listen,
                .. extensions,
                .. options.AllComponents ? [] : NoPorts,
                .. IdeArguments.For(options.DataDirectory, options.Workspace),
            ],
            environment);
    }

    /// <summary>Whether a program of that name or path can be started.</summary>
    internal static bool IsOnPath(string program, string? path) => program.Contains('/')
        ? CanBeStarted(program)
        : (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(directory => CanBeStarted(Path.Combine(directory, program)));

    private static bool CanBeStarted(string file) =>
        File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
