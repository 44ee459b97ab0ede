using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Waiide.ServiceDefaults;

/// <summary>Fails a health check that takes too long, whether or not it heeds its cancellation token.</summary>
internal sealed class HealthCheckLimit(IHealthCheck check, TimeSpan limit) : IHealthCheck
{
    // A prober that gives up first learns nothing; a 503 in time names the check that hangs.
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(2);

    public static void AddTo(IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks();
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var registration in options.Registrations)
            {
                var create = registration.Factory;
                var limit = registration.Timeout == Timeout.InfiniteTimeSpan ? Default : registration.Timeout;
                registration.Factory = services => new HealthCheckLimit(create(services), limit);
            }
        });
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await Task.Run(() => check.CheckHealthAsync(context, late.Token), late.Token).WaitAsync(limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            await late.CancelAsync();
            return new HealthCheckResult(context.Registration.FailureStatus, $"No result within {limit.TotalSeconds:0.#} s.");
        }
    }
}
