namespace Waiide.Hub.Mock;

/// <summary>Hub:Groups and Hub:Services.</summary>
internal static partial class HubSettings
{
    private static List<GroupOptions> Groups(IConfigurationSection hub) =>
        [.. hub.GetSection("Groups").GetChildren().Select(group => new GroupOptions(group.Key, [.. Names(group).Select(HubNames.Normalize)]))];

    private static List<ServiceOptions> Services(IConfigurationSection hub, List<string> mistakes)
    {
        var services = new List<ServiceOptions>();
        foreach (var entry in hub.GetSection("Services").GetChildren())
        {
            if (entry["Name"] is not { Length: > 0 } name)
            {
                mistakes.Add($"{entry.Path}:Name is missing; set the name of the service.");
            }
            else if (entry["ApiToken"] is not { Length: >= 16 } token)
            {
                mistakes.Add($"{entry.Path}:ApiToken is missing or shorter than 16 characters; set a random one that the service is given too.");
            }
            else
            {
                services.Add(new ServiceOptions(name, token, Flag(entry, "Admin", false, mistakes), [.. Names(entry.GetSection("Scopes"))]));
            }
        }

        return services;
    }
}
