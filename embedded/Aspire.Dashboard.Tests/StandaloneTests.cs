using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Aspire.Dashboard.Standalone;
using Microsoft.Extensions.Configuration;

namespace Aspire.Dashboard.Tests;

/// <summary>The dashboard as a program of its own: its variables, its two doors and its end.</summary>
public sealed partial class StandaloneTests
{
    private const string Key = "the-key-of-senders";

    [Fact]
    public async Task It_prints_the_link_shows_telemetry_only_and_ends_when_asked()
    {
        using var program = Start(("DASHBOARD__OTLP__AUTHMODE", "ApiKey"), ("DASHBOARD__OTLP__PRIMARYAPIKEY", Key));
        var printed = await LinesAsync(program);
        var (pages, otlp, link) = (Address().Match(printed[0]).Value, Address().Match(printed[1]).Value, Address().Match(printed[2]).Value);
        using var browser = new HttpClient();

        using var sender = new HttpClient { BaseAddress = new Uri(otlp) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await sender.PostAsync("/v1/traces", Nothing())).StatusCode);
        sender.DefaultRequestHeaders.Add("x-otlp-api-key", Key);
        Assert.Equal(HttpStatusCode.OK, (await sender.PostAsync("/v1/traces", Nothing())).StatusCode);

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(pages + "/traces")).StatusCode);
        Assert.Matches("/login\\?t=[0-9a-f]{32}$", link);
        using var entered = await browser.GetAsync(link);
        Assert.Equal("/structuredlogs", entered.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.DoesNotContain("href=\"/consolelogs\"", await entered.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var kill = Process.Start("kill", ["-TERM", program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!;
        await program.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        Assert.Equal(0, program.ExitCode);
    }

    [Fact]
    public async Task A_token_that_was_given_stays_out_of_the_log()
    {
        using var program = Start(("DASHBOARD__OTLP__PRIMARYAPIKEY", Key), ("DASHBOARD__FRONTEND__BROWSERTOKEN", "given-token"));
        var printed = await LinesAsync(program);
        using var browser = new HttpClient();

        Assert.DoesNotContain(printed, line => line.Contains("given-token", StringComparison.Ordinal) || line.Contains(Key, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Address().Match(printed[2]).Value + "/login?t=given-token")).StatusCode);
        program.Kill();
    }

    [Theory]
    [InlineData("DASHBOARD__OTLP__PRIMARYAPIKEY is not set")]
    [InlineData("DASHBOARD__OTLP__AUTHMODE is 'ClientCertificate'", "DASHBOARD__OTLP__AUTHMODE=ClientCertificate", "DASHBOARD__OTLP__PRIMARYAPIKEY=k")]
    [InlineData("DASHBOARD__FRONTEND__AUTHMODE is 'OpenIdConnect'", "DASHBOARD__FRONTEND__AUTHMODE=OpenIdConnect", "DASHBOARD__OTLP__PRIMARYAPIKEY=k")]
    [InlineData("ASPNETCORE_URLS is 'https://localhost:1'", "ASPNETCORE_URLS=https://localhost:1", "DASHBOARD__OTLP__PRIMARYAPIKEY=k")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL is 'here'", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=here", "DASHBOARD__OTLP__PRIMARYAPIKEY=k")]
    public void A_mistake_is_named_with_its_variable(string mistake, params string[] variables)
    {
        var (settings, mistakes) = Read(variables);

        Assert.Null(settings);
        Assert.StartsWith(mistake, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_address_is_listened_on_and_anybody_let_in_only_where_it_is_said()
    {
        var (byDefault, _) = Read("DASHBOARD__OTLP__PRIMARYAPIKEY=k");
        Assert.Equal((new Uri("http://localhost:18888"), new Uri("http://localhost:18890")), (byDefault!.Options.FrontendUrl, byDefault.Options.OtlpHttpUrl));
        Assert.True(byDefault.IsTokenOurs);

        var (said, _) = Read("ASPNETCORE_URLS=http://+:1", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://*:2", "DASHBOARD__FRONTEND__AUTHMODE=Unsecured", "DASHBOARD__OTLP__AUTHMODE=unsecured");
        Assert.True(DashboardOptions.IsEveryAddress(said!.Options.FrontendUrl) && DashboardOptions.IsEveryAddress(said.Options.OtlpHttpUrl!));
        Assert.Equal((null, null), (said.Options.BrowserToken, said.Options.OtlpApiKey));
    }

    // As a program that is started gets them.
    private static (StandaloneSettings? Settings, IReadOnlyList<string> Mistakes) Read(params string[] variables) => StandaloneSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Select(variable => variable.Split('=', 2)).ToDictionary(parts => parts[0].Replace("__", ":", StringComparison.Ordinal), parts => (string?)parts[1]))
        .Build());

    private static Process Start(params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Aspire.Dashboard.Embedded.dll")]) { RedirectStandardOutput = true };
        foreach (var (name, value) in (IEnumerable<(string, string)>)[("ASPNETCORE_URLS", "http://localhost:0"), ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://localhost:0"), .. variables])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<string[]> LinesAsync(Process program)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60)); // For a machine that is busy.
        var lines = new string[3];
        for (var line = 0; line < lines.Length; line++)
        {
            lines[line] = await program.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The dashboard ended.");
        }

        return lines;
    }

    private static ByteArrayContent Nothing() => new([]) { Headers = { { "Content-Type", "application/x-protobuf" } } };

    [GeneratedRegex("http://[^ ;]+")]
    private static partial Regex Address();
}
