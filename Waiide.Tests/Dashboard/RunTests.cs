using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Waiide.Tests.Hosting;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Dashboard;

/// <summary>A dashboard begins and ends with its application.</summary>
public sealed class RunTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_page_says_that_its_application_has_ended_and_follows_the_next_run()
    {
        await using var first = Describe("http://localhost:0");
        first.AddShell("before", "exec sleep 1000");
        await first.StartAsync();
        var address = SampleApplication.AddressIn(first);
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(new Uri(address, $"/login?t={SampleApplication.Token}").AbsoluteUri);
        await Expect(page.Row("before")).ToContainTextAsync("Running");

        await first.DisposeAsync();
        await Expect(page.GetByText("The application does not answer. This page waits for it.")).ToBeVisibleAsync();

        await using var second = Describe(address.AbsoluteUri);
        second.AddShell("after", "exec sleep 1000");
        await second.StartAsync();

        // Each run has sessions of its own, whatever its token.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Log in to the dashboard" })).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(address, $"/login?t={SampleApplication.Token}").AbsoluteUri);
        await Expect(page.Row("after")).ToContainTextAsync("Running");
        await Expect(page.Row("before")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_taken_port_is_told_with_its_setting_and_the_application_runs_without_a_dashboard()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var host = Describe($"http://localhost:{port}");
        host.AddShell("anything", "exec sleep 1000");

        await host.StartAsync();

        Assert.Equal("Running", host.Now("anything").State?.Text);
        Assert.Contains(host.Logged, line => line.Contains("There is no dashboard in this run", StringComparison.Ordinal) && line.Contains(port, StringComparison.Ordinal) && line.Contains("--ASPNETCORE_URLS=http://localhost:PORT", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logged, line => line.Contains("Login to the dashboard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_taken_port_for_telemetry_leaves_the_pages()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var host = Describe("http://localhost:0", $"--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:{port}");

        await host.StartAsync();

        Assert.Contains(host.Logged, line => line.Contains("--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:PORT", StringComparison.Ordinal));
        Assert.Contains(host.Logged, line => line.Contains("Login to the dashboard at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_that_is_not_of_this_machine_is_refused_with_its_setting()
    {
        await using var host = Describe("https://localhost:0;http://0.0.0.0:15100");

        await host.StartAsync();

        Assert.Contains(host.Logged, line => line.Contains("ASPNETCORE_URLS is 'https://localhost:0;http://0.0.0.0:15100'", StringComparison.Ordinal));
    }

    private static StubAppHost Describe(string pages, params string[] arguments) =>
        StubAppHost.DescribeWithDashboard([$"--ASPNETCORE_URLS={pages}", $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={SampleApplication.Token}", .. arguments]);
}
