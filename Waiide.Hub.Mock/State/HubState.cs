using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.State;

/// <summary>The users, groups, services, servers and tokens: what a JupyterHub keeps in its database. Every change goes through here, and is kept before it counts.</summary>
internal sealed partial class HubState
{
    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Service> _services;
    private readonly HubOptions _options;
    private readonly TimeProvider _clock;
    private readonly Store _store;
    private readonly Lock _changing = new();
    private long _lastUser;

    public HubState(HubOptions options, TimeProvider clock, Store store)
    {
        (_options, _clock, _store) = (options, clock, store);
        _services = options.Services.ToDictionary(service => service.Name, service => new Service(service.Name, service.IsAdmin, service.Scopes), StringComparer.Ordinal);
        Tokens = new Tokens(clock, store);
        XsrfKey = store.Key("xsrf");
        Restore();
        Apply();
    }

    public Tokens Tokens { get; }

    /// <summary>The users in the order in which they came.</summary>
    public IEnumerable<User> Users => _users.Values.OrderBy(user => user.Id);

    public IEnumerable<Group> Groups => _groups.Values.OrderBy(group => group.Name, StringComparer.Ordinal);

    public IEnumerable<Service> Services => _services.Values;

    public IEnumerable<Server> Servers => _users.Values.SelectMany(user => user.Servers.Values);

    public User? FindUser(string name) => _users.GetValueOrDefault(name);

    public Group? FindGroup(string name) => _groups.GetValueOrDefault(name);

    public Service? FindService(string name) => _services.GetValueOrDefault(name);

    public IEnumerable<Group> GroupsOf(User user) => Groups.Where(group => group.Users.ContainsKey(user));

    /// <summary>Whether this is the user of that name still, and not one who was removed.</summary>
    public bool Knows(User user) => FindUser(user.Name) == user;

    /// <summary>Throws <see cref="InvalidOperationException"/> if the name is taken.</summary>
    public User AddUser(string name, bool isAdmin, PasswordHash? password = null)
    {
        lock (_changing)
        {
            if (_users.ContainsKey(name))
            {
                throw new InvalidOperationException($"User {name} exists.");
            }

            var user = new User(++_lastUser, name, isAdmin, _clock.GetUtcNow());
            user.SetPassword(password, changed: null);
            _store.Add(user);
            return _users[name] = user;
        }
    }

    /// <summary>Renames a user, makes or unmakes an administrator.</summary>
    public void ChangeUser(User user, string name, bool isAdmin)
    {
        lock (_changing)
        {
            var before = user.Name;
            if (name != before && _users.ContainsKey(name))
            {
                throw new InvalidOperationException($"User {name} exists.");
            }

            _store.Change(user, name, isAdmin);
            _users[name] = user;
            user.Become(name, isAdmin);
            if (name != before)
            {
                _users.TryRemove(before, out _);
            }
        }
    }

    /// <summary>Whoever is signed in is so no longer, neither here nor at a server. API tokens are no passwords: they stay.</summary>
    public void SetPassword(User user, PasswordHash password)
    {
        lock (_changing)
        {
            user.SetPassword(password, _clock.GetUtcNow());
            _store.Save(user);
            foreach (var over in _sessions.Values.Where(session => session.User == user))
            {
                CloseSession(over);
            }
        }
    }

    /// <summary>Removes the user with their servers, tokens and memberships. The servers must have stopped.</summary>
    public void RemoveUser(User user)
    {
        lock (_changing)
        {
            _store.Remove(user);
            _users.TryRemove(KeyValuePair.Create(user.Name, user));
            foreach (var group in Groups)
            {
                group.Users.TryRemove(user, out _);
            }

            foreach (var server in user.Servers.Values)
            {
                RemoveServer(server);
            }

            Tokens.Revoke(token => token.Owner == user);
        }
    }

    public Group AddGroup(string name)
    {
        lock (_changing)
        {
            if (_groups.ContainsKey(name))
            {
                throw new InvalidOperationException($"Group {name} exists.");
            }

            var group = new Group(name);
            _store.Add(group);
            return _groups[name] = group;
        }
    }

    public void RemoveGroup(Group group)
    {
        lock (_changing)
        {
            if (FindGroup(group.Name) == group)
            {
                _store.Remove(group);
                _groups.TryRemove(group.Name, out _);
            }
        }
    }

    public void AddMember(Group group, User user)
    {
        lock (_changing)
        {
            Require(Knows(user) && FindGroup(group.Name) == group);
            _store.AddMember(group, user);
            group.Users[user] = true;
        }
    }

    public void RemoveMember(Group group, User user)
    {
        lock (_changing)
        {
            _store.RemoveMember(group, user);
            group.Users.TryRemove(user, out _);
        }
    }

    public void SetProperties(Group group, JsonObject properties)
    {
        lock (_changing)
        {
            _store.SetProperties(group, properties);
            group.Properties = properties;
        }
    }

    // Somebody removed it while this request was on its way.
    private static void Require(bool isThere)
    {
        if (!isThere)
        {
            throw new HubError(StatusCodes.Status404NotFound, "Not Found");
        }
    }
}
