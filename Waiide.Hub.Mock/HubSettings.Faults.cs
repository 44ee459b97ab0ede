using Waiide.Hub.Mock.Faults;

namespace Waiide.Hub.Mock;

/// <summary>Hub:Faults:*.</summary>
internal static partial class HubSettings
{
    private static FaultOptions Faults(IConfigurationSection hub, List<string> mistakes)
    {
        var section = hub.GetSection("Faults");
        var isEnabled = Flag(section, "Enabled", false, mistakes);
        var faults = new List<Fault>();
        foreach (var entry in section.GetChildren().Where(entry => !entry.Key.Equals("Enabled", StringComparison.OrdinalIgnoreCase)))
        {
            if (!isEnabled)
            {
                mistakes.Add($"{entry.Path} is set, but faults are off: set Hub:Faults:Enabled=true, or take it out.");
                continue;
            }

            var settings = entry.GetChildren().ToDictionary(setting => setting.Key, setting => setting.Value ?? string.Join(',', Names(setting)), StringComparer.OrdinalIgnoreCase);
            if (FaultReader.Read(entry.Key, settings, key => $"{entry.Path}:{key}", mistakes) is not { } fault)
            {
                continue;
            }

            if (fault.Kind.IsAct)
            {
                mistakes.Add($"{entry.Path} is a {fault.Kind.Name}, which happens once, when the API is asked for it; take it out.");
            }

            faults.Add(fault);
        }

        return new() { Enabled = isEnabled, Configured = faults };
    }
}
