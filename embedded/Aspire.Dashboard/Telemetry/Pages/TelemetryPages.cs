using Aspire.Dashboard.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>The pages of what was received, and what can be done there.</summary>
internal static class TelemetryPages
{
    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(LogsPage.Place, (HttpRequest request, IApplication application, TelemetryStore store) => LogsPage.Show(request, application, store));
        routes.MapGet(LogsPage.Place + "/entry/{number:long}", (TelemetryStore store, long number) => LogsPage.Entry(store, number));
        routes.MapGet(TracesPage.Place, (HttpRequest request, IApplication application, TelemetryStore store) => TracesPage.Show(request, application, store));
        routes.MapGet(TracesPage.Place + "/detail/{id}", (HttpRequest request, IApplication application, TelemetryStore store, string id) => TracePage.Show(request, application, store, id));
        routes.MapGet(TracesPage.Place + "/detail/{id}/span/{span}", (TelemetryStore store, string id, string span) => TracePage.Details(store, id, span));
        routes.MapGet(MetricsPage.Place, (HttpRequest request, IApplication application, TelemetryStore store) => MetricsPage.Show(request, application, store));
        routes.MapGet("/telemetry/live/{signal}", News.StreamAsync);

        Signal(LogsPage.Place, (store, isPaused) => store.Logs.IsPaused = isPaused, (store, isMeant) => store.Logs.Clear(entry => isMeant(entry.Resource)));
        Signal(TracesPage.Place, (store, isPaused) => store.Traces.IsPaused = isPaused, (store, isMeant) => store.Traces.Clear(trace => trace.Summary.Resources.Any(share => isMeant(share.Resource))));
        Signal(MetricsPage.Place, (store, isPaused) => store.AreMetricsPaused = isPaused, (store, isMeant) => ClearMetrics(store, isMeant));
        routes.MapTelemetryApi();

        void Signal(string place, Action<TelemetryStore, bool> pause, Action<TelemetryStore, Func<TelemetryResource, bool>> clear)
        {
            // The addresses of the real dashboard.
            routes.MapGet(place + "/resource/{name}", (string name) => Results.LocalRedirect($"{place}?resource={Uri.EscapeDataString(name)}"));
            routes.MapPost(place + "/pause", async (HttpContext context, TelemetryStore store) =>
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
                pause(store, form["paused"] == "true");
                return Results.LocalRedirect(place);
            });
            routes.MapPost(place + "/clear", async (HttpContext context, TelemetryStore store) =>
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
                var name = form["resource"].ToString();
                clear(store, resource => name.Length == 0 || resource.Is(name));
                return Results.LocalRedirect(place);
            });
        }
    }

    private static void ClearMetrics(TelemetryStore store, Func<TelemetryResource, bool> isMeant)
    {
        foreach (var resource in store.Resources.Where(isMeant))
        {
            resource.Metrics.Clear();
        }

        store.MetricChanges.Beat();
    }
}
