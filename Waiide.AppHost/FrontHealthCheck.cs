using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Waiide.AppHost;

/// <summary>Healthy while what is behind the front answers through it, and the certificate is the expected one, trusted or not.</summary>
internal sealed class FrontHealthCheck(EndpointReference endpoint, DevelopmentCertificate certificate) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => IsOurs(shown) },
        })
        {
            // The engine's proxy holds connections until nginx listens, so a time limit is what ends a check early.
            Timeout = TimeSpan.FromSeconds(5),
        };
        try
        {
            using var answer = await http.GetAsync(new Uri(new Uri(endpoint.Url), "/"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)answer.StatusCode < 500
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"Behind nginx nobody answers ({(int)answer.StatusCode}).");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"nginx does not answer: {exception.Message}");
        }
    }

    private bool IsOurs(X509Certificate? shown) => shown is not null && certificate.Chosen is { } chosen && shown.GetRawCertData().AsSpan().SequenceEqual(chosen.RawData);
}
