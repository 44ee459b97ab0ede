using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>What only administrators may do: whoever could do it with admin:users alone would become one.</summary>
internal sealed class Administrators(HubOptions options, Permissions permissions)
{
    // Whoever bears such a name gets, by the configuration, what others do not have.
    private readonly HashSet<string> _names =
    [
        .. options.Users.Where(user => user.IsAdmin).Select(user => user.Name),
        .. options.Roles.SelectMany(role => role.Users),
        .. options.Groups.SelectMany(group => group.Users),
    ];

    /// <summary>An admin's token that may do less than the admin does not make up for it.</summary>
    public bool Include(Caller caller) => caller.Owner.IsAdmin && caller.Granted.IsSupersetOf(permissions.Of(caller.Owner));

    /// <summary>Refuses whoever is none, with this reason.</summary>
    public void Require(Caller caller, string reason)
    {
        if (!Include(caller))
        {
            throw new HubError(StatusCodes.Status403Forbidden, reason);
        }
    }

    /// <summary>Refuses a new user's name that the configuration gives rights to.</summary>
    public void CheckName(Caller caller, string name)
    {
        if (_names.Contains(name))
        {
            Require(caller, $"Only admins can give the name {name}: the configuration gives rights to it");
        }
    }
}
