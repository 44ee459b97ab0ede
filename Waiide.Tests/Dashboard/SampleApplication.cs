using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Playwright;
using Waiide.Tests.Hosting;
using Waiide.Tests.Support;

namespace Waiide.Tests.Dashboard;

/// <summary>A small shop with a dashboard, for all tests of it: each uses resources that no other changes.</summary>
public sealed partial class SampleApplication : IAsyncLifetime
{
    public const string Token = "token-of-the-sample", ApiKey = "key-of-scripts", Secret = "open-sesame", InTheOpen = "nothing-special";

    private readonly StubAppHost _host = StubAppHost.DescribeWithDashboard(
        "--ASPNETCORE_URLS=http://localhost:0", "--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:0", $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={Token}", $"--AppHost:DashboardApiKey={ApiKey}");

    private int _emptied;

    /// <summary>Where the AppHost says that the dashboard is.</summary>
    public Uri Address => AddressIn(_host);

    /// <summary>How often the till was emptied.</summary>
    public int Emptied => _emptied;

    internal IReadOnlyCollection<string> Logged => _host.Logged;

    public async Task InitializeAsync()
    {
        var key = _host.Builder.AddParameter("shop-key", Secret, secret: true);
        var missing = _host.Builder.AddParameter("payment-key", secret: true).WithDescription("What the bank asks for.");
        _host.Builder.Services.AddHealthChecks().AddCheck("shop-open", () => HealthCheckResult.Unhealthy("It is closed.", new InvalidOperationException("no <keys> here")));

        var seed = _host.AddShell("seed", "echo seeded");
        var shop = _host.AddShell("shop", "printf '\\033[32mgreen\\033[0m <u>under</u>\\n'; echo troubled >&2; exec sleep 1000")
            .WithEnvironment("SHOP_KEY", key)
            .WithEnvironment("SHOP_SIGN", InTheOpen)
            .WithHttpEndpoint(name: "http")
            .WithHealthCheck("shop-open")
            .WaitForCompletion(seed);
        _host.AddShell("till", "exec sleep 1000")
            .WithCommand("empty", "Empty", _ => Task.FromResult(CommandResults.Success($"Emptied {Interlocked.Increment(ref _emptied)} times.")), new CommandOptions { ConfirmationMessage = "All the money goes.", IsHighlighted = true })
            .WithCommand("break", "Break", _ => throw new InvalidOperationException("the <i>drawer</i> is stuck"));
        _host.AddShell("clerk", "exec sleep 1000").WithParentRelationship(shop);
        _host.AddShell("payments", "exec sleep 1000").WithEnvironment("KEY", missing);
        _host.AddShell("flood", "seq 1 12000; exec sleep 1000");
        _host.AddShell("counter", "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.05; done");
        _host.AddShell("spare", "exec sleep 1000").WithExplicitStart();
        _host.AddShell("helper", "exec sleep 1000").WithInitialState(new CustomResourceSnapshot { ResourceType = "Executable", Properties = [], IsHidden = true });
        await _host.StartAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    internal static Uri AddressIn(StubAppHost host) => new(host.Logged.Select(line => AddressLine().Match(line)).First(match => match.Success).Groups[1].Value);

    internal CustomResourceSnapshot Now(string resource) => _host.Now(resource);

    /// <summary>A page of a browser that was let in.</summary>
    internal async Task<IPage> OpenAsync(Chromium chromium, string path, bool scripts = true)
    {
        var page = await chromium.NewPageAsync(scripts);
        await page.GotoAsync(new Uri(Address, $"/login?t={Token}&returnUrl={Uri.EscapeDataString(path)}").AbsoluteUri);
        return page;
    }

    /// <summary>A script that has the key.</summary>
    internal HttpClient Script()
    {
        var http = Stranger();
        http.DefaultRequestHeaders.Add("x-api-key", ApiKey);
        return http;
    }

    /// <summary>Somebody who has neither token nor key.</summary>
    internal HttpClient Stranger() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address };

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex AddressLine();
}

[CollectionDefinition("dashboard")]
public sealed class DashboardCollection : ICollectionFixture<SampleApplication>;

internal static class Rows
{
    /// <summary>The row of a resource in a table.</summary>
    public static ILocator Row(this IPage page, string resource) => page.Locator("tr[data-row]", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = resource, Exact = true }) });

    /// <summary>What the page says in its corner.</summary>
    public static ILocator Toasts(this IPage page) => page.Locator("#toasts");
}
