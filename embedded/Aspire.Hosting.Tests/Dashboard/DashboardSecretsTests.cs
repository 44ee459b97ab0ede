using Aspire.Hosting.Dcp.Processes;
using Aspire.Hosting.Tests.Processes;

namespace Aspire.Hosting.Tests.Dashboard;

public sealed class DashboardSecretsTests
{
    [Fact]
    public async Task Keys_are_kept_in_the_users_secrets()
    {
        await RunAsync(_ => { }, output => Assert.DoesNotContain("cannot be used", output, StringComparison.Ordinal), file => Assert.Contains("AppHost:OtlpApiKey", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public Task Broken_secrets_cost_the_dashboard_nothing_but_a_warning_that_names_the_file() =>
        RunAsync(file => File.WriteAllText(file, "{ \"Parameters:word\": "), output => Assert.Contains("secrets.json cannot be used: ", output, StringComparison.Ordinal), file => Assert.Equal("{ \"Parameters:word\": ", File.ReadAllText(file)));

    [Fact]
    public Task Secrets_that_cannot_be_written_cost_it_no_more() =>
        // Even root writes no file over a folder.
        RunAsync(file => Directory.CreateDirectory(file), output => Assert.Contains("secrets.json cannot be used: ", output, StringComparison.Ordinal), _ => { });

    private static async Task RunAsync(Action<string> prepare, Action<string> heard, Action<string> left)
    {
        var home = Directory.CreateTempSubdirectory("aspire-dashboard-test-");
        try
        {
            var file = Path.Combine(home.CreateSubdirectory($".microsoft/usersecrets/{DashboardOwner.UserSecretsId}").FullName, "secrets.json");
            prepare(file);
            using var owner = OwnerProcess.Start([DashboardOwner.Argument], new() { ["HOME"] = home.FullName });
            await Eventually.Is(() => owner.Output.Contains("Login to the dashboard at ", StringComparison.Ordinal) || owner.OutputEnded.IsCompleted, $"the dashboard starts; {owner.Output}", seconds: 60);
            Assert.Contains("Login to the dashboard at ", owner.Output, StringComparison.Ordinal);
            heard(owner.Output);
            owner.Signal(Posix.SigTerm);
            await owner.OutputEnded.WaitAsync(TimeSpan.FromSeconds(60));
            left(file);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
