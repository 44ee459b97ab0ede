using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Waiide.ServiceDefaults;

/// <summary>Sends what is left when the host ends, but does not wait long: a collector that never answers would hold the end up for many seconds.</summary>
internal sealed class TelemetryEnd(IServiceProvider services) : IHostedService
{
    private const int LimitInMilliseconds = 1000;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(LimitInMilliseconds), CancellationToken.None),
        Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(LimitInMilliseconds), CancellationToken.None),
        Task.Run(() => services.GetService<LoggerProvider>()?.Shutdown(LimitInMilliseconds), CancellationToken.None));
}
