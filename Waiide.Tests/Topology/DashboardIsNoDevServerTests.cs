using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>`dotnet run` with secrets in its environment: who has a terminal in the IDE inherits none, and no page comes to the dashboard by way of the gateway.</summary>
public sealed class DashboardIsNoDevServerTests
{
    private const string Token = "token-of-the-dashboard-tests", BrowserToken = "browser-token-of-the-dashboard-tests";

    [SkippableFact]
    public async Task The_gateway_refuses_the_dashboards_ports_and_the_IDE_inherits_nothing_of_the_AppHosts()
    {
        Prerequisites.Need("node", "npm", "setsid");
        string[] secrets =
        [
            $"ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={BrowserToken}", $"Parameters__gateway-token={Token}", "AppHost__OtlpApiKey=key-of-otlp", "OTEL_EXPORTER_OTLP_HEADERS=authorization=of-a-collector",
            "DOTNET_DASHBOARD_UNUSED=of-older-versions", "DASHBOARD__UNUSED=of-one-alone", "HUB__DUMMYPASSWORD=of-the-hub",
        ];
        await using var run = AppHostRun.StartWith(secrets, "--Waiide:Mode=standalone");
        await run.IsReady();

        // What was taken out of the environment is settings all the same.
        Assert.EndsWith("/login?t=" + BrowserToken, run.DashboardLink, StringComparison.Ordinal);
        Assert.EndsWith("/login?token=" + Token, run.Link, StringComparison.Ordinal);

        var ide = run.AllProcesses.Where(process => process.CommandLine.Contains("code-server", StringComparison.Ordinal)).Select(process => VariablesOf(process.Id)).Where(variables => variables.Length > 0).ToArray();
        Assert.NotEmpty(ide);
        Assert.All(ide, variables => Assert.DoesNotContain(
            variables, variable => secrets.Any(secret => secret.Split('=')[0] == variable.Split('=')[0]) || variable.Contains(BrowserToken, StringComparison.Ordinal) || variable.Contains(Token, StringComparison.Ordinal)));

        var gateway = VariablesOf(run.AllProcesses.Single(process => process.CommandLine.Contains("net10.0/Waiide.Gateway", StringComparison.Ordinal)).Id);
        var otlp = new Uri(gateway.Single(variable => variable.StartsWith("OTEL_EXPORTER_OTLP_ENDPOINT=", StringComparison.Ordinal)).Split('=')[1]).Port;
        Assert.Contains("OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key=key-of-otlp", gateway);
        var denied = gateway.Single(variable => variable.StartsWith("WAIIDE_DENIED_PORTS=", StringComparison.Ordinal)).Split('=')[1].Split(',');

        using var http = new HttpClient { BaseAddress = new Uri(run.Link) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "token " + Token);
        foreach (var port in (int[])[new Uri(run.DashboardLink).Port, otlp])
        {
            Assert.Contains(port.ToString(System.Globalization.CultureInfo.InvariantCulture), denied);
            using var answer = await http.GetAsync($"/proxy/{port}/");
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    // A process may end while it is looked at.
    private static string[] VariablesOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
