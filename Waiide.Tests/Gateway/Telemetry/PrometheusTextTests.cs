using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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
        using var page = Page("Odd");
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
        using var page = Page("Odd");
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
        using var page = Page("Odd");
        var values = new List<Measurement<double>> { new(0.5, new KeyValuePair<string, object?>("a", "1")), new(double.PositiveInfinity, new KeyValuePair<string, object?>("a", "2")) };
        Meters.Create("Odd").CreateObservableGauge("odd.share", () => values, "1");
        others.GetRequiredService<IMeterFactory>().Create("Odd").CreateCounter<long>("others").Add(1);
        Assert.Equal([0.5, double.PositiveInfinity], MetricsText.Parse(page.Write(asOpenMetrics: true), asOpenMetrics: true)["odd_share_ratio"].Select(sample => sample.Value));

        values.RemoveAt(0);

        var metrics = MetricsText.Parse(page.Write(asOpenMetrics: false));
        Assert.Equal("2", metrics["odd_share_ratio"].Single().Labels["a"]);
        Assert.Equal(["odd_share_ratio"], metrics.Families);
    }

    [Fact]
    public async Task Nothing_that_is_measured_waits_for_the_text()
    {
        using var page = Page("Odd");
        var (counter, tag) = (Meters.Create("Odd").CreateCounter<long>("odd"), new Held());
        counter.Add(1, new KeyValuePair<string, object?>("path", tag));

        var writing = Task.Run(() => page.Write(asOpenMetrics: false));
        await tag.Asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var counting = Task.Run(() => counter.Add(1, new KeyValuePair<string, object?>("path", tag)));
        var first = await Task.WhenAny(counting, Task.Delay(TimeSpan.FromSeconds(10)));
        tag.Release.Set();

        Assert.Same(counting, first);
        Assert.Equal(1, MetricsText.Parse(await writing).Value("odd_total")); // As it was when it was asked.
        Assert.Equal(2, MetricsText.Parse(page.Write(asOpenMetrics: false)).Value("odd_total"));
    }

    [Fact]
    public void One_that_cannot_be_measured_is_logged_and_left_out()
    {
        var log = new Lines();
        using var page = new MetricsPage(Meters, log, "Odd");
        var meter = Meters.Create("Odd");
        var isBroken = false;
        meter.CreateObservableGauge("broken", () => isBroken ? throw new IOException("No such device.") : 1);
        meter.CreateObservableGauge("whole", () => 2);
        Assert.Equal(["broken", "whole"], MetricsText.Parse(page.Write(asOpenMetrics: false)).Families.Order());

        isBroken = true;

        var metrics = MetricsText.Parse(page.Write(asOpenMetrics: false));
        Assert.Empty(metrics["broken"]);
        Assert.Equal(2, metrics.Value("whole"));
        Assert.Contains("No such device.", Assert.Single(log.Failures), StringComparison.Ordinal);
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
        Assert.Equal(0, AllocatedBy(metrics));

        using var page = Page(GatewayMetrics.MeterName);
        Assert.Equal(0, AllocatedBy(metrics));
        Assert.Equal(2 * 1000, MetricsText.Parse(page.Write(asOpenMetrics: false)).Value("waiide_websocket_open"));
    }

    private MetricsPage Page(string meter) => new(Meters, NullLogger<MetricsPage>.Instance, meter);

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
            metrics.SocketEnded("ide", "client_closed", TimeSpan.FromSeconds(1));
            metrics.HubAnswered("user", "ok", 0);
            metrics.TokenLookedUp(isHit: true);
            metrics.SignInRefused(SignInRefusals.WrongToken);
        }
    }

    /// <summary>An attribute that holds up whoever writes it.</summary>
    private sealed class Held
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Release { get; } = new();

        public override string ToString()
        {
            Asked.TrySetResult();
            Release.Wait(TimeSpan.FromSeconds(30));
            return "held";
        }
    }

    private sealed class Lines : ILogger<MetricsPage>
    {
        public List<string> Failures { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Failures.Add($"{formatter(state, exception)} {exception}");
    }
}
