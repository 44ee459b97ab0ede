namespace Waiide.Hub.Mock.State;

/// <summary>How the hub's state begins: as the database kept it, and then as the configuration wants it.</summary>
internal sealed partial class HubState
{
    private void Restore()
    {
        _lastUser = _store.LastId("users");
        var users = _store.LoadUsers().ToDictionary(user => user.Id);
        foreach (var user in users.Values)
        {
            _users[user.Name] = user;
        }

        foreach (var group in _store.LoadGroups())
        {
            _groups[group.Name] = group;
        }

        foreach (var (group, user) in _store.LoadMembers())
        {
            _groups[group].Users[users[user]] = true;
        }

        foreach (var server in _store.LoadServers(users))
        {
            server.User.Servers[server.Name] = server;
        }

        foreach (var (hash, token) in _store.LoadTokens(users, name => FindService(name) ?? new Service(name, isAdmin: false, [])))
        {
            Tokens.Restore(hash, token);
        }

        foreach (var session in _store.LoadSessions(users))
        {
            _sessions[session.LoginHash] = session;
        }
    }

    // As JupyterHub does: the configuration adds to what is there and takes nothing away, but for what only it can know (services, attached servers).
    private void Apply()
    {
        foreach (var configured in _options.Users)
        {
            var user = FindUser(configured.Name) ?? AddUser(configured.Name, configured.IsAdmin);
            if (configured.IsAdmin && !user.IsAdmin)
            {
                ChangeUser(user, user.Name, isAdmin: true);
            }

            // Once: what an administrator set later is not undone by the next start.
            if (configured.Password is { } password && user.ConfiguredPassword?.Is(password) is not true)
            {
                if (user.Password?.Is(password) is not true)
                {
                    SetPassword(user, new PasswordHash(password));
                }

                user.ConfiguredPassword = user.Password;
                _store.Save(user);
            }
        }

        foreach (var configured in _options.Groups)
        {
            var group = FindGroup(configured.Name) ?? AddGroup(configured.Name);
            foreach (var member in configured.Users)
            {
                AddMember(group, FindUser(member) ?? AddUser(member, isAdmin: false));
            }
        }

        ApplyServices();
        ApplyServers();
    }

    private void ApplyServices()
    {
        var tokens = _options.Services.ToDictionary(service => _services[service.Name], service => Tokens.Find(service.ApiToken));
        Tokens.Revoke(token => token.Owner is Service service && tokens.GetValueOrDefault(service) != token);

        // A token that is still the configured one stays the same token; it may do what its service may do now.
        foreach (var service in _options.Services.Where(service => tokens[_services[service.Name]]?.Owner != _services[service.Name]))
        {
            var owner = _services[service.Name];
            Tokens.Add(service.ApiToken, new Token { Id = Tokens.NextId(), Owner = owner, Scopes = new HashSet<string> { Scopes.Inherit }, Created = _clock.GetUtcNow(), Note = "generated at startup" });
        }
    }

    private void ApplyServers()
    {
        foreach (var server in Servers.Where(server => server.IsAttached != _options.Servers.Any(known => known.User == server.User.Name && known.Name == server.Name)).ToArray())
        {
            RemoveServer(server);
        }

        foreach (var known in _options.Servers)
        {
            var server = AddServer(_users[known.User], known.Name, isAttached: true);
            server.Url = known.Url;
            server.State = ServerState.Spawning;
            if (Tokens.Find(known.ApiToken)?.Server == server)
            {
                Save(server); // It runs still, and whoever is signed in there stays so.
            }
            else
            {
                Admit(server, known.ApiToken);
            }
        }
    }
}
