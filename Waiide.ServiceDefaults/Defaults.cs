using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Waiide.ServiceDefaults;

/// <summary>What every .NET process of the solution has in common.</summary>
public static class Defaults
{
    /// <summary>
    /// Adds health checks (see <see cref="HealthEndpoints.MapHealthEndpoints"/>), service discovery for every HTTP client, and logs, metrics and traces
    /// by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT says to.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        HealthCheckLimit.AddTo(builder);
        Telemetry.AddTo(builder);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        return builder;
    }

    /// <summary>For a program that browsers reach, after <see cref="AddServiceDefaults"/>: whose word on traces counts, and which path its journeys have. Nothing where no traces are collected.</summary>
    public static void AddTraceBoundary(this IHostApplicationBuilder builder, TraceBoundary boundary) => Telemetry.AddBoundary(builder.Services, boundary);
}
