using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Waiide.ServiceDefaults;

/// <summary>Logs, metrics and traces: what is collected, what is left out, and where it goes (the OTEL_* variables).</summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // Most of the measurements of a request that is passed on, and with them an eighth of what it costs; what they are good for is seen in the durations.
    private static readonly string[] LeftOut = ["http.client.open_connections", "http.client.active_requests", "http.client.request.time_in_queue", "aspnetcore.routing.match_attempts"];

    public static void AddTo(IHostApplicationBuilder builder)
    {
        KeepSecretsOutOfLogs(builder);
        if (builder.Configuration[Endpoint] is not { Length: > 0 } endpoint)
        {
            builder.Services.AddSingleton(new Tracing(isOn: false));
            return;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new InvalidOperationException($"Set {Endpoint} to the URL of an OTLP receiver, such as http://localhost:4318, or leave it empty; it is '{endpoint}'.");
        }

        // The specification's default; the SDK's own is gRPC.
        Default(builder, Protocol, "http/protobuf");

        var budget = builder.Configuration["OTEL_TRACES_SAMPLER"] is { Length: > 0 } ? null : new TraceBudget(TimeProvider.System);
        builder.Services.AddSingleton<IStartupFilter>(services => new ServerSpans(budget, services.GetService<TraceBoundary>()));
        builder.Services.AddSingleton(new Tracing(isOn: true));

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(builder.Environment.ApplicationName)
                .AddEnvironmentVariableDetector()) // Last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .WithMetrics(metrics => LeftOut.Aggregate(metrics, (some, name) => some.AddView(name, MetricStreamConfiguration.Drop))
                .AddMeter("Microsoft.AspNetCore.*", "System.Net.Http", "System.Net.NameResolution", "System.Runtime", "Yarp.*", "Waiide.*"))
            .WithTracing(traces => traces
                .AddSource("System.Net.Http", "Yarp.*", "Waiide.*")
                .AddProcessor(new QuietSpans())
                .AddProcessor(new RedactedSpans()))
            .WithLogging(
                logs => logs.AddProcessor(new RedactedLogs()),
                options => options.IncludeFormattedMessage = true) // Scopes stay out: nothing could take a secret out of them.
            .UseOtlpExporter();

        // First to start is last to stop.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryEnd>());
    }

    /// <summary>For a program that browsers reach.</summary>
    public static void AddBoundary(IServiceCollection services, TraceBoundary boundary)
    {
        if (services.Any(service => service.ImplementationInstance is Tracing { IsOn: true }))
        {
            services.AddSingleton(boundary);
            services.AddSingleton<IStartupFilter>(new Journey(boundary));
        }
    }

    private static void KeepSecretsOutOfLogs(IHostApplicationBuilder builder)
    {
        // One line per request is noise; Logging__LogLevel__... brings it back.
        Default(builder, "Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning));
        Default(builder, "Logging:LogLevel:System.Net.Http.HttpClient", nameof(LogLevel.Warning));
        Default(builder, "Logging:LogLevel:Yarp", nameof(LogLevel.Warning));

        // These two write whole URLs, and with them tokens and OAuth codes. A filter in code outranks the configuration.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Warning);

        // Hosting takes Critical, at which it never writes, for the question whether anybody wants logs at all, and then makes an Activity and a scope for each request: a sixth of what one costs.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", level => level is LogLevel.Warning or LogLevel.Error);
    }

    // First in the list of sources: everything else overrides it.
    private static void Default(IHostApplicationBuilder builder, string key, string value) =>
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new(key, value)] });
}
