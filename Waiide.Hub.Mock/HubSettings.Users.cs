namespace Waiide.Hub.Mock;

/// <summary>Hub:Users with Hub:Admins, and Hub:Servers, which are theirs.</summary>
internal static partial class HubSettings
{
    private static List<UserOptions> Users(IConfigurationSection hub, List<string> mistakes)
    {
        var admins = Names(hub.GetSection("Admins")).Select(HubNames.Normalize).ToHashSet();
        var users = new List<UserOptions>();
        foreach (var entry in hub.GetSection("Users").GetChildren())
        {
            var name = HubNames.Normalize(entry.Key);
            if (HubNames.Mistake(name) is { } wrong)
            {
                mistakes.Add($"Hub:Users:{entry.Key} {wrong}.");
            }
            else if (string.IsNullOrEmpty(entry.Value))
            {
                mistakes.Add($"Hub:Users:{entry.Key} has no password; set Hub:Users:{entry.Key}=<password>.");
            }
            else
            {
                users.Add(new UserOptions(name, entry.Value, admins.Contains(name)));
            }
        }

        foreach (var stranger in admins.Except(users.Select(user => user.Name)).Order(StringComparer.Ordinal))
        {
            if (HubNames.Mistake(stranger) is null && hub["DummyPassword"] is { Length: > 0 })
            {
                users.Add(new UserOptions(stranger, Password: null, IsAdmin: true));
            }
            else
            {
                mistakes.Add($"Hub:Admins names '{stranger}', who is not among Hub:Users.");
            }
        }

        return users;
    }

    private static List<ServerOptions> Servers(IConfigurationSection hub, IReadOnlyList<UserOptions> users, List<string> mistakes)
    {
        var servers = new List<ServerOptions>();
        foreach (var entry in hub.GetSection("Servers").GetChildren())
        {
            var before = mistakes.Count;
            var user = HubNames.Normalize(entry["User"] ?? "");
            var name = entry["Name"] ?? "";
            if (users.All(known => known.Name != user))
            {
                mistakes.Add($"{entry.Path}:User is '{entry["User"]}'; set the name of one of Hub:Users.");
            }

            if (name.Length > 0 && HubNames.Mistake(name) is { } wrong)
            {
                mistakes.Add($"{entry.Path}:Name '{name}' {wrong}.");
            }

            var url = HttpUrl(entry["Url"]);
            if (url is null)
            {
                mistakes.Add($"{entry.Path}:Url is '{entry["Url"]}'; set where the server listens, such as http://127.0.0.1:8070.");
            }

            // It is the server's OAuth client secret too.
            if (entry["ApiToken"] is not { Length: >= 16 } token)
            {
                mistakes.Add($"{entry.Path}:ApiToken is missing or shorter than 16 characters; set a random one, the same as the server's JUPYTERHUB_API_TOKEN.");
                continue;
            }

            // Also true of the default server of a-b and the server b of a.
            var clientId = HubNames.ClientId(user, name);
            if (servers.Any(other => HubNames.ClientId(other.User, other.Name) == clientId))
            {
                mistakes.Add($"{entry.Path} has the OAuth client id {clientId}, as another server has; give it another Name.");
            }

            if (servers.Any(other => other.ApiToken == token))
            {
                mistakes.Add($"{entry.Path}:ApiToken is another server's too; set one of its own.");
            }

            if (mistakes.Count == before)
            {
                servers.Add(new ServerOptions(user, name, url!, token));
            }
        }

        return servers;
    }
}
