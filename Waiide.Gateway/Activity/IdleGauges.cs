using System.Diagnostics.Metrics;

namespace Waiide.Gateway.Activity;

/// <summary>For how long nobody has used this server, for whoever asks for metrics.</summary>
internal sealed class IdleGauges
{
    public IdleGauges(IMeterFactory meters, GatewayOptions options, LastActivity activity, TimeProvider clock)
    {
        var meter = meters.Create(GatewayMetrics.MeterName);
        meter.CreateObservableGauge("waiide.idle.duration", () => clock.GetElapsedTime(activity.Stamp).TotalSeconds, "s", "Time since this server was last used, in the sense of WAIIDE_ACTIVITY.");
        meter.CreateObservableGauge("waiide.idle.limit", () => options.IdleTimeout?.TotalSeconds ?? 0, "s", "After how long unused it stops (WAIIDE_IDLE_TIMEOUT); 0: never.");
    }
}
