using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Api;

/// <summary>The health check "ide": whoever opens the page needs a usable IDE, so without one the gateway is not healthy.</summary>
internal sealed class IdeHealth(IdeState ide) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ide.IsUsable ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(ide.Now.Detail));
}
