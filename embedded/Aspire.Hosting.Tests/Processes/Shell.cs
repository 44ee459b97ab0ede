using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Aspire.Hosting.Dcp.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Tests.Processes;

/// <summary>A run whose resources are small shell scripts; everything that they print is kept.</summary>
internal sealed class Shell : IAsyncDisposable
{
    public ProcessRun Run { get; } = ProcessRun.Start(NullLogger.Instance);

    /// <summary>The marker of the run, as a process of it prints it.</summary>
    public async Task<string> MarkerAsync()
    {
        var process = await ScriptAsync("env | grep ASPIRE_RUN_ID");
        await process.Exited;
        return Lines.Single(line => line.StartsWith("ASPIRE_RUN_ID=", StringComparison.Ordinal));
    }

    public ConcurrentQueue<(string Line, bool IsError)> Output { get; } = new();

    public IEnumerable<string> Lines => Output.Select(output => output.Line);

    public static Dictionary<string, string> Environment() => new() { ["PATH"] = System.Environment.GetEnvironmentVariable("PATH")! };

    public Task<OwnedProcess> ScriptAsync(string script, params string[] arguments) =>
        StartAsync("sh", ["-c", script, "sh", .. arguments]);

    public Task<OwnedProcess> StartAsync(string command, string[] arguments, string folder = "/", Dictionary<string, string>? environment = null) =>
        Run.StartAsync(new ProcessSpec("web", command, arguments, folder, environment ?? Environment(), (line, isError) => Output.Enqueue((line, isError))), CancellationToken.None);

    /// <summary>The number in a line such as "child 1234" that a script prints.</summary>
    public async Task<int> NumberAfter(string word)
    {
        Match? match = null;
        await Eventually.Is(
            () => (match = Lines.Select(line => Regex.Match(line, $"^{word} (\\d+)$")).FirstOrDefault(found => found.Success)) is not null,
            $"a line '{word} <number>'; there was: {string.Join(" | ", Lines)}");
        return int.Parse(match!.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>True while the process lives; a zombie does not.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The processes whose command line has <paramref name="text"/>, which a test makes unique.</summary>
    public static int[] WithCommandLine(string text) =>
        [.. from folder in Directory.EnumerateDirectories("/proc")
            let id = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
            where id > 0 && id != System.Environment.ProcessId && IsAlive(id) && CommandLine(id).Contains(text, StringComparison.Ordinal)
            select id];

    public ValueTask DisposeAsync() => Run.DisposeAsync();

    private static string CommandLine(int id)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
