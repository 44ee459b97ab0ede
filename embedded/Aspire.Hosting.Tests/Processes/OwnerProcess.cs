using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Tests.Processes;

/// <summary>This assembly's Program.cs as a process of its own: an AppHost in little that a test may kill.</summary>
internal sealed class OwnerProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private OwnerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        OutputEnded = ReadAsync();
    }

    public int Id => _process.Id;

    /// <summary>Complete once nobody holds the owner's output open any more.</summary>
    public Task OutputEnded { get; }

    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public static OwnerProcess Start(params string[] scripts) =>
        new(new ProcessStartInfo("dotnet", ["exec", typeof(OwnerProcess).Assembly.Location, .. scripts]));

    /// <summary>With other variables than the tests have.</summary>
    public static OwnerProcess Start(string[] arguments, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(OwnerProcess).Assembly.Location, .. arguments]);
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new(start);
    }

    public static OwnerProcess StartByDotnetRun(params string[] scripts)
    {
        // <project>/bin/<configuration>/net10.0/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return new(new ProcessStartInfo("dotnet", ["run", "--project", output.Parent!.Parent!.Parent!.FullName, "--configuration", output.Parent.Name, "--no-build", "--", .. scripts]));
    }

    /// <summary>The number in a line such as "child 1234" that a script or the owner prints.</summary>
    public async Task<int> NumberAfter(string word)
    {
        var match = Match.Empty;
        await Eventually.Is(() => (match = Regex.Match(Output, $"^{word} (\\d+)", RegexOptions.Multiline)).Success, $"a line '{word} <number>'", seconds: 60);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    public void Signal(int signal) => Posix.Signal(Id, signal);

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
