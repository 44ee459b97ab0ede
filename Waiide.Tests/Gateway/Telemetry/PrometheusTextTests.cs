using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Waiide.Gateway;
using Waiide.ServiceDefaults.Metrics;

namespace Waiide.Tests.Gateway.Telemetry;

/// <summary>The writer of /metrics, with what no gateway has: odd letters, odd numbers, attributes without end.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Odd_letters_come_back_as_they_were_and_break_no_line()
    {
        using var page = new MetricsPage(Meters, "Odd");
        Meters.Create("Odd").CreateCounter<long>("odd.näme-1", "{thing}", "A \\ and\na \"line\".").Add(3, new KeyValuePair<string, object?>("odd.läbel", "a\"b\\c\nd{}="));

        foreach (var asOpenMetrics in new[] { false, true })
        {
            var text = page.Write(asOpenMetrics);
            var sample = MetricsText.Parse(text, asOpenMetrics)["odd_n_me_1_total"].Single();
            Assert.Equal("a\"b\\c\nd{}=", sample.Labels["odd_l_bel"]);
            Assert.Equal(3, sample.Value);
            Assert.Contains(asOpenMetrics ? "# HELP odd_n_me_1 A \\\\ and\\na \\\"line\\\".\n" : "# HELP odd_n_me_1_total A \\\\ and\\na \"line\".\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_attribute_without_end_is_counted_together_from_200_on()
    {
        using var page = new MetricsPage(Meters, "Odd");
        var counter = Meters.Create("Odd").CreateCounter<long>("odd");
        for (var path = 0; path < 1000; path++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("path", path));
        }

        var samples = MetricsText.Parse(page.Write(asOpenMetrics: false))["odd_total"].ToArray();
        Assert.Equal(201, samples.Length);
        Assert.Equal(800, samples.Single(sample => sample.Labels.ContainsKey("otel_metric_overflow")).Value);
    }

    [Fact]
    public void What_is_asked_for_anew_is_gone_when_it_is_no_longer_said_and_another_hosts_meter_is_not_ours()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var page = new MetricsPage(Meters, "Odd");
        var values = new List<Measurement<double>> { new(0.5, new KeyValuePair<string, object?>("a", "1")), new(double.PositiveInfinity, new KeyValuePair<string, object?>("a", "2")) };
        Meters.Create("Odd").CreateObservableGauge("odd.share", () => values, "1");
        others.GetRequiredService<IMeterFactory>().Create("Odd").CreateCounter<long>("others").Add(1);
        Assert.Equal([0.5, double.PositiveInfinity], MetricsText.Parse(page.Write(asOpenMetrics: true), asOpenMetrics: true)["odd_share_ratio"].Select(sample => sample.Value));

        values.RemoveAt(0);

        var metrics = MetricsText.Parse(page.Write(asOpenMetrics: false));
        Assert.Equal("2", metrics["odd_share_ratio"].Single().Labels["a"]);
        Assert.Equal(["odd_share_ratio"], metrics.Families);
    }

    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.5", false)]
    [InlineData("application/openmetrics-text;version=2.0.0", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("text/html,*/*;q=0.8", false)]
    [InlineData("", false)]
    [InlineData(";;;", false)]
    public void OpenMetrics_is_written_for_whoever_prefers_it(string accept, bool expected) => Assert.Equal(expected, MetricsPage.WantsOpenMetrics([accept]));

    [Fact]
    public void Nothing_is_allocated_where_nobody_listens_nor_where_the_page_does()
    {
        var metrics = new GatewayMetrics(Meters);
        Assert.False(metrics.TimesRequests);
        Assert.Equal(0, AllocatedBy(metrics));

        using var page = new MetricsPage(Meters, GatewayMetrics.MeterName);
        Assert.True(metrics.TimesRequests);
        Assert.Equal(0, AllocatedBy(metrics));
        Assert.Equal(2 * 1000, MetricsText.Parse(page.Write(asOpenMetrics: false)).Value("waiide_websocket_open"));
    }

    private static long AllocatedBy(GatewayMetrics metrics)
    {
        Measure(metrics); // The first of each kind makes its place.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(metrics);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Measure(GatewayMetrics metrics)
    {
        for (var time = 0; time < 1000; time++)
        {
            metrics.AskedUpstream("ide", TimeSpan.FromMilliseconds(1));
            metrics.UpstreamAnswered("ide", TimeSpan.FromMilliseconds(2));
            metrics.RequestEnded("{**path}", "ide", "ok", TimeSpan.FromMilliseconds(3));
            metrics.SocketOpened("ide");
            metrics.SocketReceives("ide", 10);
            metrics.SocketSends("ide", 10);
            metrics.SocketEnded("ide", "client_closed", TimeSpan.FromSeconds(1), wasOpen: false);
            metrics.HubAnswered("user", "ok", 0);
            metrics.TokenLookedUp(isHit: true);
            metrics.SignInRefused(SignInRefusals.WrongToken);
        }
    }
}
