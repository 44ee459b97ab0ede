using Waiide.Hub.Mock.Faults;

namespace Waiide.Hub.Mock;

/// <summary>What the hub may be made to do wrong (Hub:Faults:*), to see how servers take it. Off by default.</summary>
internal sealed record FaultOptions
{
    /// <summary>Hub:Faults:Enabled: whether there is an API for faults at all.</summary>
    public bool Enabled { get; init; }

    /// <summary>Hub:Faults:name:*: what goes wrong from the start.</summary>
    public IReadOnlyList<Fault> Configured { get; init; } = [];
}
