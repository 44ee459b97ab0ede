namespace Waiide.Hub.Mock;

/// <summary>Hub:Groups and Hub:Services.</summary>
internal static partial class HubSettings
{
    private static List<GroupOptions> Groups(IConfigurationSection hub, List<string> mistakes)
    {
        var groups = new List<GroupOptions>();
        foreach (var entry in hub.GetSection("Groups").GetChildren())
        {
            var members = Names(entry).Select(HubNames.Normalize).Distinct().ToArray();
            mistakes.AddRange(members.Where(member => HubNames.Mistake(member) is not null).Select(member => $"{entry.Path} names '{member}', which {HubNames.Mistake(member)}."));
            groups.Add(new GroupOptions(entry.Key, members));
        }

        return groups;
    }

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
            else if (services.Any(other => other.Name == name))
            {
                mistakes.Add($"{entry.Path}:Name is '{name}', as another service's; give it another name.");
            }
            else if (services.Any(other => other.ApiToken == token))
            {
                mistakes.Add($"{entry.Path}:ApiToken is another service's too; set one of its own.");
            }
            else
            {
                services.Add(new ServiceOptions(name, token, Flag(entry, "Admin", false, mistakes), [.. Names(entry.GetSection("Scopes"))]));
            }
        }

        return services;
    }
}
