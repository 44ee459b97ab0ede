using Aspire.Dashboard.Telemetry.Metrics;

namespace Aspire.Dashboard.Telemetry;

/// <summary>A sender: service.name and service.instance.id, and what else it said of itself.</summary>
/// <param name="Number">Its place in the order of arrival.</param>
/// <param name="Colour">Its class, as on all pages.</param>
internal sealed record TelemetryResource(string Name, string InstanceId, int Number, string Colour, Attribute[] Attributes)
{
    /// <summary>Whether another instance has sent under the same name, so that the name alone does not tell them apart.</summary>
    public bool IsOneOfSeveral { get; set; }

    public bool HasLogs { get; set; }

    public bool HasTraces { get; set; }

    public required InstrumentSet Metrics { get; init; }

    /// <summary>gateway, or gateway-hbkqzwxc where there are several.</summary>
    public string DisplayName => IsOneOfSeveral ? FullName : Name;

    public string FullName => InstanceId.Length == 0 ? Name : $"{Name}-{InstanceId}";

    /// <summary>Whether somebody who asks for <paramref name="name"/> means this one: all instances by the name, one by the full name.</summary>
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(FullName, name, StringComparison.OrdinalIgnoreCase);

    public bool Equals(TelemetryResource? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Number;
}

/// <summary>The library or category that made a record: an instrumentation scope.</summary>
internal readonly record struct Scope(string Name, string Version);
