using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting.Publish;

/// <summary>The AppHost that the real packages were given when their output was recorded (Sample/AppHost), as a process.</summary>
internal static class Sample
{
    // Generous: the machine may be busy with everything else.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static readonly string Project = Path.Combine(Folder, "AppHost", "Sample.AppHost.csproj");

    /// <summary>The folder of the AppHost's, the projects' and the containers' folders.</summary>
    public static string Folder => Path.Combine(Repository.Root, "Waiide.Tests", "Sample");

    /// <summary>Runs it to its end as azd does, in the project's folder, without "--" and with the launch profile.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        RunAsync(["run", "--no-build", "--configuration", Repository.Configuration, "--project", Path.GetFileName(Project), .. arguments], Path.GetDirectoryName(Project)!);

    /// <summary>Runs it to its end without the launcher.</summary>
    public static Task<(int ExitCode, string Output)> RunAloneAsync(params string[] arguments) =>
        RunAsync([Path.Combine(Folder, "AppHost", "bin", Repository.Configuration, "net10.0", "Sample.AppHost.dll"), .. arguments], Folder);

    /// <summary>A recorded file; its home is the folder Recorded beside this file.</summary>
    public static string Recorded(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Hosting", "Publish", "Recorded", file));

    private static async Task<(int, string)> RunAsync(string[] dotnet, string folder)
    {
        await using var run = ChildProcess.Start(new ProcessStartInfo("dotnet", dotnet)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        var code = await run.WaitForExit(Limit);
        return (code, run.Output);
    }
}
