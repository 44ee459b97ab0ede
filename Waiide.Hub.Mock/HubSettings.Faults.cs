namespace Waiide.Hub.Mock;

/// <summary>Hub:Faults:*.</summary>
internal static partial class HubSettings
{
    private static FaultOptions Faults(IConfigurationSection hub, List<string> mistakes) => new()
    {
        Enabled = Flag(hub.GetSection("Faults"), "Enabled", false, mistakes),
    };
}
