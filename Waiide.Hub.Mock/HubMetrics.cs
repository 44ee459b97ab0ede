using System.Diagnostics.Metrics;
using Waiide.ServiceDefaults.Metrics;

namespace Waiide.Hub.Mock;

/// <summary>What the hub counts and times, as OpenTelemetry names it; beside JupyterHub's own names at /hub/metrics. docs/telemetry.md has all of it.</summary>
internal sealed class HubMetrics
{
    internal const string MeterName = "Waiide.Hub";

    private readonly Histogram<double> _spawns;
    private readonly Counter<long> _requests;

    public HubMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _spawns = meter.CreateHistogram("waiide.hub.spawn.duration", "s", "Time from a server's start to its first answer, or to where it was given up.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2.5, 5, 10, 15, 30, 60, 120] });
        _requests = meter.CreateCounter<long>("waiide.hub.api.requests", "{request}", "Requests to the hub's API.");
    }

    /// <param name="outcome">ready, no_answer, failed, broken.</param>
    /// <param name="duration">Since the start was asked for.</param>
    internal void SpawnEnded(string outcome, TimeSpan duration) => _spawns.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("waiide.outcome", outcome));

    internal static void AddTo(IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HubMetrics>();
        builder.Services.AddSingleton(services => new MetricsPage(services.GetRequiredService<IMeterFactory>(), services.GetRequiredService<ILogger<MetricsPage>>(), MeterName));
    }

    /// <summary>Counts what comes to the API, outside of everything that answers.</summary>
    internal static void UseOn(WebApplication app, HubOptions options)
    {
        var metrics = app.Services.GetRequiredService<HubMetrics>();
        _ = app.Services.GetRequiredService<MetricsPage>(); // Counts from now on.
        app.Use(async (context, next) =>
        {
            await next(context);
            if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } && route.StartsWith(options.HubPrefix + "api/", StringComparison.Ordinal))
            {
                metrics._requests.Add(1, new("http.route", route), new("waiide.outcome", context.Response.StatusCode switch { >= 500 => "failed", >= 400 => "refused", _ => "ok" }));
            }
        });
    }
}
