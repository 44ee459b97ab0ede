using System.Collections.Concurrent;
using Aspire.Dashboard.Front;
using Aspire.Dashboard.Telemetry.Metrics;

namespace Aspire.Dashboard.Telemetry;

/// <summary>What was received and is kept: logs, spans and metrics, each up to a limit, and who sent them.</summary>
internal sealed class TelemetryStore(Colours colours)
{
    private readonly ConcurrentDictionary<(string Name, string InstanceId), TelemetryResource> _resources = new();
    private readonly MetricBudget _metrics = new();
    private readonly Lock _writing = new();

    public Colours Colours => colours;

    public LogStore Logs { get; } = new();

    public TraceStore Traces { get; } = new();

    public Pulse MetricChanges { get; } = new();

    /// <summary>While true, metrics that come are not kept.</summary>
    public bool AreMetricsPaused { get; set; }

    /// <summary>Every sender, by name.</summary>
    public IReadOnlyList<TelemetryResource> Resources =>
        [.. _resources.Select(entry => entry.Value).OrderBy(resource => resource.Name, StringComparer.OrdinalIgnoreCase).ThenBy(resource => resource.InstanceId, StringComparer.Ordinal)];

    /// <summary>The sender with these attributes; null when there are too many already.</summary>
    public TelemetryResource? ResourceOf(Attribute[] attributes)
    {
        var name = attributes.Find("service.name") is { Length: > 0 } given ? Limits.Cut(given, Limits.NameLength) : "unknown_service";
        var instance = Limits.Cut(attributes.Find("service.instance.id") ?? "", Limits.NameLength);
        if (_resources.TryGetValue((name, instance), out var known))
        {
            return known;
        }

        attributes = attributes.Within(Limits.ResourceBytes);
        lock (_writing)
        {
            if (_resources.TryGetValue((name, instance), out known) || _resources.Count >= Limits.Resources)
            {
                return known;
            }

            var resource = new TelemetryResource(name, instance, _resources.Count, colours.Of(name), attributes) { Metrics = _metrics.NewSet() };
            foreach (var (_, other) in _resources.Where(entry => entry.Key.Name == name))
            {
                other.IsOneOfSeveral = resource.IsOneOfSeveral = true;
            }

            return _resources[(name, instance)] = resource;
        }
    }
}
