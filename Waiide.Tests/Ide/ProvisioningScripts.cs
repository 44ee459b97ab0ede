using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Ide;

/// <summary>Runs the scripts of the ide folder as a person would, and knows where they are.</summary>
internal static class ProvisioningScripts
{
    // The first provisioning downloads almost 200 MB; everything else takes seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly Lazy<Task<string>> RealTree = new(Provision);

    /// <summary>What a script left behind: its exit code and both of its streams.</summary>
    internal sealed record Outcome(int ExitCode, string Out, string Error)
    {
        /// <summary>The last line of the output, which is the path of the tree.</summary>
        public string LastLine => Out.TrimEnd().Split('\n')[^1];
    }

    /// <summary>The ide folder of this repository.</summary>
    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "ide");

    /// <summary>The tree of the real IDE server; one installation for all tests when the machine has none yet.</summary>
    public static Task<string> Tree => RealTree.Value;

    /// <summary>Runs a program to its end, with this process's environment but for what is given; null removes a variable.</summary>
    public static async Task<Outcome> Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = StartInfo(program, arguments, environment);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Outcome(process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts a program that stays.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = StartInfo(program, arguments, environment);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return ChildProcess.Start(start);
    }

    private static async Task<string> Provision()
    {
        var where = await Run("node", [Path.Combine(Folder, "provision.mjs"), "--where"]);
        Assert.True(where.ExitCode == 0, where.Error);
        return where.LastLine;
    }

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Waiide.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Waiide.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
