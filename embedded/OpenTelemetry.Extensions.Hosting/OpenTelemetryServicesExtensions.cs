using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds telemetry to a host.</summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>Starts the providers of traces, metrics and logs with the host, before anything else in it.</summary>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        // First, so that what the other hosted services do as they start is seen too.
        if (!services.Any(service => service.ImplementationType == typeof(TelemetryStart)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryStart>());
        }

        return new OpenTelemetryBuilder(services);
    }
}
