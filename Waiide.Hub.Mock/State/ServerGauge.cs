using System.Diagnostics.Metrics;

namespace Waiide.Hub.Mock.State;

/// <summary>How many servers are in which state, for whoever asks for metrics.</summary>
internal sealed class ServerGauge
{
    private static readonly (ServerState State, string Name)[] Names =
        [(ServerState.Stopped, "stopped"), (ServerState.Spawning, "spawning"), (ServerState.Ready, "ready"), (ServerState.Stopping, "stopping")];

    public ServerGauge(IMeterFactory meters, HubState state) => meters.Create(HubMetrics.MeterName).CreateObservableGauge(
        "waiide.hub.servers",
        () => Names.Select(known => new Measurement<int>(state.Servers.Count(server => server.State == known.State), new KeyValuePair<string, object?>("waiide.server.state", known.Name))),
        "{server}",
        "Servers that the hub knows of, by their state.");
}
