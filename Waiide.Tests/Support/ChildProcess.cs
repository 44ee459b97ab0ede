using System.Collections.Concurrent;
using System.Diagnostics;

namespace Waiide.Tests.Support;

/// <summary>A real process of ours under test: its output is kept, and it never outlives the test.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ChildProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything that the process printed so far, on both streams.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts <paramref name="assembly"/> (beside the tests, such as Waiide.Hub.Mock.dll; or the program as it is shipped, if there is one) with nothing of our own environment but what .NET needs.</summary>
    public static ChildProcess StartDotnet(string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartDotnet(assembly, environment, [], arguments);

    /// <summary>The same by way of a launcher, a program and arguments that become ours at their end.</summary>
    public static ChildProcess StartDotnet(string assembly, IReadOnlyDictionary<string, string> environment, string[] launcher, string[] arguments)
    {
        string[] line = [.. launcher, .. Program(assembly), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var name in start.Environment.Keys.Where(name => name is not ("PATH" or "HOME" or "USER" or "LANG" or "TMPDIR") && !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Start(start);
    }

    /// <summary>The program and the first argument that start it; of a whole path, that file.</summary>
    internal static string[] Program(string assembly) =>
        Path.IsPathRooted(assembly) ? assembly.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", assembly] : [assembly] : Shipped.Program(Path.GetFileNameWithoutExtension(assembly)) is { } shipped ? [shipped] : ["dotnet", Path.Combine(AppContext.BaseDirectory, assembly)];

    /// <summary>Starts any program; standard streams are redirected.</summary>
    public static ChildProcess Start(ProcessStartInfo start)
    {
        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until the output has <paramref name="text"/>; fails with the whole output when the process ends or the limit passes first.</summary>
    public async Task WaitForOutput(string text, TimeSpan? limit = null)
    {
        await Eventually.Is(
            () => Output.Contains(text, StringComparison.Ordinal) || _process.HasExited,
            $"'{text}' in the output of {_process.StartInfo.FileName}. It printed:\n{Output}",
            limit);
        Assert.True(Output.Contains(text, StringComparison.Ordinal), $"The process ended without printing '{text}'. It printed:\n{Output}");
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExit(TimeSpan? limit = null)
    {
        await Eventually.Is(() => _process.HasExited, $"process {Id} ends. It printed:\n{Output}", limit);
        await _process.WaitForExitAsync(); // Drains the output.
        return _process.ExitCode;
    }

    /// <summary>Sends a signal by name, as kill(1) does: TERM, INT, KILL, HUP.</summary>
    public void Signal(string name) => Process.Start("kill", ["-" + name, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.WaitForExit();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
