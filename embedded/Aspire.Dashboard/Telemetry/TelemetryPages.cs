using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Telemetry;

/// <summary>The pages and the API of what was received.</summary>
internal static class TelemetryPages
{
    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/structuredlogs", (IApplication application) => Layout.Page(application, "/structuredlogs", "Structured logs", Html.Of($"<h1>Structured logs</h1>")));
        routes.MapGet("/traces", (IApplication application) => Layout.Page(application, "/traces", "Traces", Html.Of($"<h1>Traces</h1>")));
        routes.MapGet("/metrics", (IApplication application) => Layout.Page(application, "/metrics", "Metrics", Html.Of($"<h1>Metrics</h1>")));
    }
}
