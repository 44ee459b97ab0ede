using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>What the engine knows of a container; <paramref name="PublishedPorts"/>: its port -> the one on this machine.</summary>
internal sealed record ContainerState(string Name, string Id, bool IsRunning, DateTime StartedAt, IReadOnlyDictionary<string, string> Labels, ImmutableDictionary<int, int> PublishedPorts)
{
    // "Error: inspecting object: no such container web" (podman), "Error response from daemon: No such container: web" (docker)
    private const string NoSuchContainer = "no such container";

    /// <summary>The container of this name; null where there is none, which only an engine that says so knows.</summary>
    public static async Task<ContainerState?> FindAsync(ContainerEngine engine, string name, CancellationToken cancellationToken)
    {
        var answer = await engine.TryAsync(["container", "inspect", name], cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccess)
        {
            return Parse(name, answer.Output);
        }

        return answer.Complaint.Contains(NoSuchContainer, StringComparison.OrdinalIgnoreCase)
            ? null
            : throw new ContainerEngineException($"{engine.Name} does not tell whether there is a container '{name}': {answer.Complaint}");
    }

    internal static ContainerState Parse(string name, string inspected)
    {
        var container = JsonSerializer.Deserialize<Inspected[]>(inspected)![0];
        var ports = from port in container.NetworkSettings.Ports ?? []
                    let host = port.Value?.FirstOrDefault()?.HostPort
                    where !string.IsNullOrEmpty(host)
                    select KeyValuePair.Create(Number(port.Key.Split('/')[0]), Number(host));
        return new ContainerState(
            name,
            container.Id,
            container.State.Running,
            container.State.StartedAt.UtcDateTime,
            container.Config.Labels ?? [],
            ports.DistinctBy(port => port.Key).ToImmutableDictionary());
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // [{"Id": .., "State": {"Running": true, "StartedAt": ..}, "Config": {"Labels": {..}}, "NetworkSettings": {"Ports": {"8080/tcp": [{"HostIp": .., "HostPort": "28156"}], "9090/tcp": null}}}]
    private sealed record Inspected(string Id, InspectedState State, InspectedConfig Config, InspectedNetwork NetworkSettings);

    private sealed record InspectedState(bool Running, DateTimeOffset StartedAt);

    private sealed record InspectedConfig(Dictionary<string, string>? Labels);

    private sealed record InspectedNetwork(Dictionary<string, InspectedPort[]?>? Ports);

    private sealed record InspectedPort(string? HostPort);
}
