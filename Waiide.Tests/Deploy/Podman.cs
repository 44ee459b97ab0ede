using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>Programs that use podman, where it may not do all that its defaults ask for.</summary>
internal static class Podman
{
    public static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>
    {
        ["ASPIRE_CONTAINER_RUNTIME"] = "podman",
        ["CONTAINERS_CONF"] = Path.Combine(Repository.Root, "deploy", "podman", "containers.conf"),
    };

    /// <summary>Runs a program in the top folder of the repository; returns what it printed to stdout and fails where it ends with another code than 0.</summary>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}{error}");
        return output;
    }

    /// <summary>The same, whatever it ends with.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
