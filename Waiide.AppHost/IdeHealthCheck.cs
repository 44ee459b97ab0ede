using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Waiide.AppHost;

/// <summary>Healthy once the IDE server answers /version, which it can only with VS Code loaded; signs in as the gateway does.</summary>
internal sealed class IdeHealthCheck(EndpointReference endpoint, ParameterResource key) : IHealthCheck
{
    // The proxy in front of the IDE holds connections until the IDE listens: a check that waits knows at once, where one that gives up and comes back would find out a pause later.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(endpoint.Url), "/version"));
        request.Headers.Add("Cookie", $"code-server-session={await key.GetValueAsync(cancellationToken)}");
        try
        {
            using var answer = await Http.SendAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"/version answered {(int)answer.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("/version does not answer yet.");
        }
    }
}
