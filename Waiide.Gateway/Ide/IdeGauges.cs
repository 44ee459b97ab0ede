using System.Diagnostics.Metrics;

namespace Waiide.Gateway.Ide;

/// <summary>The IDE's state and restarts, for whoever asks for metrics.</summary>
internal sealed class IdeGauges
{
    private static readonly (IdeStatus Status, string Name)[] Names = [(IdeStatus.Starting, "starting"), (IdeStatus.Running, "running"), (IdeStatus.Failed, "failed")];

    public IdeGauges(IMeterFactory meters, IdeState state)
    {
        var meter = meters.Create(GatewayMetrics.MeterName);
        meter.CreateObservableGauge(
            "waiide.ide.state",
            () => Names.Select(known => new Measurement<int>(state.Now.Status == known.Status ? 1 : 0, new KeyValuePair<string, object?>("waiide.ide.state", known.Name))),
            "{state}",
            "1 for the state that the IDE is in, 0 for the others.");
        meter.CreateObservableCounter("waiide.ide.restarts", () => state.Now.Restarts, "{restart}", "How often the IDE server was started again, by itself or because somebody asked.");
    }
}
