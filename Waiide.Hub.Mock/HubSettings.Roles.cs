using System.Text.RegularExpressions;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock;

/// <summary>Hub:Roles, and the scopes that they and Hub:Services name.</summary>
internal static partial class HubSettings
{
    private static List<Role> Roles(IConfigurationSection hub, HubOptions options, List<string> mistakes)
    {
        var roles = new List<Role>();
        foreach (var entry in hub.GetSection("Roles").GetChildren())
        {
            var role = new Role(
                entry.Key,
                [.. Names(entry.GetSection("Scopes"))],
                [.. Names(entry.GetSection("Users")).Select(HubNames.Normalize)],
                [.. Names(entry.GetSection("Groups"))],
                [.. Names(entry.GetSection("Services"))]);
            if (!RoleName().IsMatch(role.Name))
            {
                mistakes.Add($"{entry.Path} is no name for a role: take 3 to 255 lower-case letters, digits and -._~, beginning with a letter and ending with a letter or digit.");
            }
            else if (role.Name == State.Roles.Admin)
            {
                mistakes.Add($"{entry.Path} cannot be changed: an administrator may do everything. Choose another name for the role.");
            }
            else if (role.Scopes.Count == 0)
            {
                mistakes.Add($"{entry.Path}:Scopes is missing; set what the role allows, such as access:servers!user=ada.");
            }

            Check($"{entry.Path}:Scopes", role.Scopes);
            roles.Add(role);
        }

        foreach (var service in options.Services)
        {
            Check($"The Scopes of the service {service.Name} in {hub.Path}:Services", service.Scopes);
        }

        return roles;

        void Check(string where, IReadOnlyList<string> scopes) => mistakes.AddRange(scopes
            .Select(scope => Scopes.Mistake(scope, options.Profile, "this setting"))
            .OfType<string>()
            .Select(wrong => $"{where}: {wrong} in JupyterHub {options.Profile.Version}; take one of those that JupyterHub's documentation lists."));
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9\-_~.]{1,253}[a-z0-9]\z")]
    private static partial Regex RoleName();
}
