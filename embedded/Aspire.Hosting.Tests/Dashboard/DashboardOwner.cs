using Microsoft.Extensions.Configuration.UserSecrets;

[assembly: UserSecretsId(Aspire.Hosting.Tests.Dashboard.DashboardOwner.UserSecretsId)]

namespace Aspire.Hosting.Tests.Dashboard;

/// <summary>An AppHost with a dashboard, in a process of its own: for the tests that give it another home.</summary>
internal static class DashboardOwner
{
    public const string Argument = "--dashboard";
    public const string UserSecretsId = "aspire-hosting-tests";

    /// <summary>Runs until it is stopped.</summary>
    public static Task RunAsync() => DistributedApplication.CreateBuilder(["--ASPNETCORE_URLS=http://127.0.0.1:0"]).Build().RunAsync();
}
