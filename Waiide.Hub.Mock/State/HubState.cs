using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.State;

/// <summary>The users, groups, services, servers and tokens: what a JupyterHub keeps in its database. Every change goes through here.</summary>
internal sealed class HubState
{
    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Service> _services;
    private readonly HubOptions _options;
    private readonly TimeProvider _clock;
    private readonly Store _store;
    private readonly Lock _changing = new();

    public HubState(HubOptions options, TimeProvider clock, Store store)
    {
        (_options, _clock, _store) = (options, clock, store);
        Tokens = new Tokens(clock);
        foreach (var user in options.Users)
        {
            AddUser(user.Name, user.IsAdmin, new PasswordHash(user.Password));
        }

        foreach (var group in options.Groups)
        {
            var added = AddGroup(group.Name);
            foreach (var member in group.Users.Select(FindUser).OfType<User>())
            {
                AddMember(added, member);
            }
        }

        _services = options.Services.ToDictionary(service => service.Name, service => new Service(service.Name, service.IsAdmin, service.Scopes), StringComparer.Ordinal);
        foreach (var service in options.Services)
        {
            var owner = _services[service.Name];
            Tokens.Add(service.ApiToken, new Token { Id = Tokens.NextId(), Owner = owner, Scopes = new HashSet<string> { Scopes.Inherit }, Created = clock.GetUtcNow(), Note = "generated at startup" });
        }

        foreach (var known in options.Servers)
        {
            var server = AddServer(_users[known.User], known.Name, isAttached: true);
            server.Url = known.Url;
            server.State = ServerState.Spawning;
            Admit(server, known.ApiToken);
        }
    }

    public Tokens Tokens { get; }

    /// <summary>The users in the order in which they came.</summary>
    public IEnumerable<User> Users => _users.Values.OrderBy(user => user.Created).ThenBy(user => user.Name, StringComparer.Ordinal);

    public IEnumerable<Group> Groups => _groups.Values.OrderBy(group => group.Name, StringComparer.Ordinal);

    public IEnumerable<Service> Services => _services.Values;

    public IEnumerable<Server> Servers => _users.Values.SelectMany(user => user.Servers.Values);

    public User? FindUser(string name) => _users.GetValueOrDefault(name);

    public Group? FindGroup(string name) => _groups.GetValueOrDefault(name);

    public Service? FindService(string name) => _services.GetValueOrDefault(name);

    public IEnumerable<Group> GroupsOf(User user) => Groups.Where(group => group.Users.ContainsKey(user));

    /// <summary>The server that an OAuth client id belongs to.</summary>
    public Server? FindClient(string clientId) => Servers.FirstOrDefault(server => server.ClientId == clientId);

    /// <summary>Throws <see cref="InvalidOperationException"/> if the name is taken.</summary>
    public User AddUser(string name, bool isAdmin, PasswordHash? password = null)
    {
        var user = new User(name, isAdmin, password, _clock.GetUtcNow());
        return _users.TryAdd(name, user) ? user : throw new InvalidOperationException($"User {name} exists.");
    }

    /// <summary>Renames a user, makes or unmakes an administrator.</summary>
    public void ChangeUser(User user, string name, bool isAdmin)
    {
        lock (_changing)
        {
            if (name != user.Name && !_users.TryAdd(name, user))
            {
                throw new InvalidOperationException($"User {name} exists.");
            }

            if (name != user.Name)
            {
                _users.TryRemove(user.Name, out _);
            }

            user.Become(name, isAdmin);
        }
    }

    public void SetPassword(User user, PasswordHash password)
    {
        user.Password = password;
        _store.Save(user);
    }

    /// <summary>Removes the user with their servers, tokens and memberships. The servers must have stopped.</summary>
    public void RemoveUser(User user)
    {
        foreach (var group in Groups)
        {
            RemoveMember(group, user);
        }

        foreach (var server in user.Servers.Values)
        {
            RemoveServer(server);
        }

        Tokens.Revoke(token => token.Owner == user);
        _users.TryRemove(user.Name, out _);
    }

    public Group AddGroup(string name)
    {
        var group = new Group(name);
        return _groups.TryAdd(name, group) ? group : throw new InvalidOperationException($"Group {name} exists.");
    }

    public void RemoveGroup(Group group) => _groups.TryRemove(group.Name, out _);

    public void AddMember(Group group, User user)
    {
        group.Users[user] = true;
        _store.Save(group);
    }

    public void RemoveMember(Group group, User user)
    {
        group.Users.TryRemove(user, out _);
        _store.Save(group);
    }

    public void SetProperties(Group group, JsonObject properties)
    {
        group.Properties = properties;
        _store.Save(group);
    }

    /// <summary>The user's server of that name, made (stopped) if there is none.</summary>
    public Server AddServer(User user, string name, bool isAttached = false) =>
        user.Servers.GetOrAdd(name, _ => new Server(user, name, _options.BaseUrl, isAttached));

    /// <summary>Forgets a server, its own token, and every token that its OAuth client was given.</summary>
    public void RemoveServer(Server server)
    {
        EndTokens(server);
        server.User.Servers.TryRemove(server.Name, out _);
    }

    /// <summary>Gives a server that is about to run its token, which is its OAuth client secret too; the one of its last run ends.</summary>
    /// <returns>The token.</returns>
    public string Admit(Server server, string? apiToken = null)
    {
        var secret = apiToken ?? Secrets.Hex();
        EndTokens(server);
        var now = _clock.GetUtcNow();
        server.Started = now;
        server.LastActivity.Record(now);
        server.SetSecretHash(Secrets.Hash(secret));
        Tokens.Add(secret, new Token
        {
            Id = Tokens.NextId(),
            Owner = server.User,
            Scopes = Roles.OfServerToken(server, _options),
            Created = now,
            Note = server.Description,
            Server = server,
        });
        return secret;
    }

    /// <summary>Takes from a server that has ended what it had for its run: its token, all that its OAuth client was given, its address.</summary>
    public void Dismiss(Server server)
    {
        EndTokens(server);
        server.SetSecretHash("");
        server.State = ServerState.Stopped;
        (server.Url, server.ProcessId, server.ProcessStarted, server.Version) = (null, null, null, null);
        server.LastActivity.Record(_clock.GetUtcNow());
        Save(server);
    }

    /// <summary>Keeps what changed in a server: its state, address, process, options.</summary>
    public void Save(Server server) => _store.Save(server);

    /// <summary>A new API token; <paramref name="secret"/> is shown this once.</summary>
    public Token CreateApiToken(Owner owner, IReadOnlySet<string> scopes, string note, TimeSpan? lifetime, out string secret)
    {
        secret = Secrets.Hex();
        var now = _clock.GetUtcNow();
        var token = new Token { Id = Tokens.NextId(), Owner = owner, Scopes = scopes, Created = now, ExpiresAt = now + lifetime, Note = note };
        Tokens.Add(secret, token);
        return token;
    }

    private void EndTokens(Server server) =>
        Tokens.Revoke(token => token.Server == server || token.ClientId == server.ClientId);
}
