using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Waiide.Gateway;
using Waiide.Gateway.Ide;
using Waiide.Gateway.Proxy;
using Waiide.ServiceDefaults.Metrics;
using Waiide.Tests.Support;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Tests.Gateway.Telemetry;

/// <summary>What is said of a WebSocket while nobody knows yet why it ended, and where that cannot be found out.</summary>
public sealed class AutopsyTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly DataDirectory _data;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricsPage _page;
    private readonly Connections _book;
    private readonly Failures _failures = new();

    public AutopsyTests()
    {
        _data = DataDirectory.Open(_directory.Path);
        _page = new MetricsPage(_services.GetRequiredService<IMeterFactory>(), NullLogger<MetricsPage>.Instance, GatewayMetrics.MeterName);
        _book = new Connections(new EndedConnectionsFile(_data, NullLogger<EndedConnectionsFile>.Instance), TimeProvider.System);
    }

    private MetricsText Metrics => MetricsText.Parse(_page.Write(asOpenMetrics: false));

    public void Dispose()
    {
        _page.Dispose();
        _services.Dispose();
        _data.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void One_that_has_ended_is_not_open_any_more_while_the_IDE_is_asked_why()
    {
        EndOne(new Clock(() => new Never()));

        Assert.Equal(0, Metrics.Value("waiide_websocket_open"));
        Assert.Equal(1, Metrics.Value("waiide_websocket_opened_total"));
        Assert.Empty(_book.Ended);
    }

    [Fact]
    public void Where_that_fails_the_end_is_recorded_as_it_was_seen_and_the_failure_is_logged()
    {
        EndOne(new Clock(() => throw new InvalidOperationException("No timers today.")));

        Assert.Equal(EndReason.UpstreamVanished, Assert.Single(_book.Ended).Reason);
        Assert.Equal(1, Metrics.Value("waiide_websocket_duration_seconds_count", ("waiide_reason", "upstream_vanished")));
        Assert.Equal("No timers today.", Assert.Single(_failures).Message);
    }

    private void EndOne(TimeProvider clock)
    {
        var autopsy = new Autopsy(_book, new GatewayMetrics(_services.GetRequiredService<IMeterFactory>()), new IdeState(), new GatewayOptions(), new Lifetime(), clock, _failures);
        var context = new DefaultHttpContext();
        var @case = autopsy.Begin(context, Upstream.Ide);
        autopsy.Opened(@case);
        autopsy.Examine(@case, goodbye: null, context, ForwarderError.UpgradeResponseDestination);
    }

    private sealed class Clock(Func<ITimer> timer) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => timer();
    }

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }

    private sealed class Failures : List<Exception>, ILogger<Autopsy>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
            {
                Add(exception);
            }
        }
    }
}
