using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Waiide.Gateway;
using Waiide.Gateway.Ide;
using Waiide.ServiceDefaults.Metrics;
using Waiide.Tests.Gateway.Telemetry;

namespace Waiide.Tests.Gateway.Ide;

/// <summary>How often processes are looked at.</summary>
public sealed class MemoryMeterTests
{
    [Fact]
    public void Whoever_asks_every_second_has_the_processes_measured_every_15()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var (meters, clock, options) = (services.GetRequiredService<IMeterFactory>(), new Clock(), new GatewayOptions());
        using var page = new MetricsPage(meters, NullLogger<MetricsPage>.Instance, GatewayMetrics.MeterName);
        _ = new MemoryMeter(options, new IdeHome(options, new IdeAddress(), NullLogger<IdeHome>.Instance), meters, clock);
        double Used() => MetricsText.Parse(page.Write(asOpenMetrics: false)).Value("waiide_memory_used_bytes");
        var before = Used();

        var more = new byte[256 << 20];
        Array.Fill(more, (byte)1); // Memory counts once it is written to.
        clock.Seconds = 14;
        Assert.Equal(before, Used());
        clock.Seconds = 15;
        Assert.True(Used() > before, "It is measured again.");
        GC.KeepAlive(more);
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
