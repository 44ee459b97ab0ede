using System.Diagnostics;

namespace Waiide.Tests.Support;

/// <summary>The gateway as `dotnet publish` leaves it where nobody says that it is to be as it is shipped: for the runtime of the machine.</summary>
internal static class PublishedGateway
{
    private static readonly Lazy<Task<string>> Once = new(PublishAsync);

    /// <summary>The program of docs/jupyterhub.md's try on one machine, published once per test run from what was built with the tests.</summary>
    internal static Task<string> ProgramAsync() => Once.Value;

    private static async Task<string> PublishAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "published-gateway");
        var start = new ProcessStartInfo("dotnet", ["publish", "Waiide.Gateway", "--no-build", "--configuration", Repository.Configuration, "--output", folder, "--nologo", "--verbosity", "quiet"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // A build server that stays would hold the output open.
        await using var publish = ChildProcess.Start(start);
        var code = await publish.WaitForExit(TimeSpan.FromMinutes(3)); // MSBuild on a busy machine.
        Assert.True(code == 0, $"dotnet publish failed:\n{publish.Output}");
        return Path.Combine(folder, "Waiide.Gateway");
    }
}
