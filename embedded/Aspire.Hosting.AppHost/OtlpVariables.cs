using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>The variables by which a project sends its telemetry where the AppHost says.</summary>
internal static class OtlpVariables
{
    public static void Add(EnvironmentCallbackContext context, IConfiguration configuration, IHostEnvironment environment)
    {
        if (context.ExecutionContext.IsPublishMode)
        {
            // Where telemetry goes to is decided where the application is deployed.
            context.EnvironmentVariables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            return;
        }

        // Our own dashboard speaks OTLP by HTTP. Without it the settings name one that is there anyway, and gRPC comes first.
        var (endpoint, protocol) = (context.ExecutionContext.Dashboard, configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"], configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"]) switch
        {
            ({ } own, _, _) => (own.OtlpUrl, "http/protobuf"),
            (_, { Length: > 0 } grpc, _) => (grpc, "grpc"),
            (_, _, { Length: > 0 } http) => (http, "http/protobuf"),
            _ => (null, ""),
        };
        if (endpoint is null)
        {
            return;
        }

        var variables = context.EnvironmentVariables;
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        if (environment.IsDevelopment())
        {
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        }

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={context.Resource.InstanceSuffix()}";
        variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
        if ((context.ExecutionContext.Dashboard?.OtlpApiKey ?? configuration["AppHost:OtlpApiKey"]) is { Length: > 0 } key)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        }

        if (environment.IsDevelopment())
        {
            // Somebody watches: everything, and soon.
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
        }
    }
}
