using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>The AppHost, called to publish.</summary>
internal static class Publishing
{
    /// <summary>As docs/publishing.md says; returns the folder's docker-compose.yaml and .env.</summary>
    public static async Task<(string Compose, string Environment)> ComposeAsync(params string[] settings)
    {
        using var directory = new TempDirectory();
        await RunAsync(
            Repository.Root, [],
            ["run", "--project", "Waiide.AppHost", "--no-build", "--configuration", Repository.Configuration, "--", "--operation", "publish", "--step", "publish", "--output-path", directory.Path, .. settings]);
        Assert.Equal([".env", "docker-compose.yaml"], Directory.EnumerateFileSystemEntries(directory.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        return (await File.ReadAllTextAsync(Path.Combine(directory.Path, "docker-compose.yaml")), await File.ReadAllTextAsync(Path.Combine(directory.Path, ".env")));
    }

    /// <summary>
    /// Exactly as azd does: in the project's folder, without "--" before the arguments, with these variables
    /// (azure-dev, cli/azd/pkg/tools/dotnet: PublishAppHostManifest). Only <paramref name="settings"/> are ours, as variables.
    /// </summary>
    public static Task ManifestAsync(string file, params (string Name, string Value)[] settings) => RunAsync(
        Path.Combine(Repository.Root, "Waiide.AppHost"),
        [("MSBUILDDISABLENODEREUSE", "1"), ("ASPIRE_SUPPRESS_CLI_RUN_HOOK", "true"), .. settings],
        ["run", "--project", "Waiide.AppHost.csproj", "--publisher", "manifest", "--output-path", file]);

    /// <summary>Runs dotnet and returns what it printed.</summary>
    public static async Task<string> RunAsync(string directory, (string Name, string Value)[] variables, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        await using var process = ChildProcess.Start(start);
        // azd's way builds first.
        var code = await process.WaitForExit(TimeSpan.FromMinutes(4));
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)} ended with {code}:\n{process.Output}");
        return process.Output;
    }
}
