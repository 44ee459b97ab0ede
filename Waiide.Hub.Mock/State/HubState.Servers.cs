namespace Waiide.Hub.Mock.State;

/// <summary>Servers, what they are known by, and tokens.</summary>
internal sealed partial class HubState
{
    /// <summary>The user's server of that name, made (stopped) if there is none.</summary>
    public Server AddServer(User user, string name, bool isAttached = false)
    {
        lock (_changing)
        {
            Require(Knows(user));
            if (user.Servers.TryGetValue(name, out var known))
            {
                return known;
            }

            var server = new Server(user, name, _options.BaseUrl, isAttached);
            _store.Add(server);
            return user.Servers[name] = server;
        }
    }

    /// <summary>Forgets a server, its own token, and every token that its OAuth client was given.</summary>
    public void RemoveServer(Server server)
    {
        lock (_changing)
        {
            if (server.User.Servers.GetValueOrDefault(server.Name) == server)
            {
                _store.Remove(server); // With its tokens.
                Tokens.Forget(token => IsOf(token, server));
                server.User.Servers.TryRemove(server.Name, out _);
            }
        }
    }

    /// <summary>Gives a server that is about to run its token, which is its OAuth client secret too; the one of its last run ends.</summary>
    /// <returns>The token.</returns>
    public string Admit(Server server, string? apiToken = null)
    {
        lock (_changing)
        {
            Require(IsKnown(server));
            var secret = apiToken ?? Secrets.Hex();
            EndTokens(server);
            var now = _clock.GetUtcNow();
            server.Started = now;
            server.LastActivity.Record(now);
            server.User.LastActivity.Record(now);
            server.SetSecretHash(Secrets.Hash(secret));
            _store.Save(server);
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
    }

    /// <summary>Takes from a server that has ended what it had for its run: its token, all that its OAuth client was given, its address. It has ended, and counts as such, even if that cannot be kept.</summary>
    public void Dismiss(Server server)
    {
        lock (_changing)
        {
            server.SetSecretHash("");
            (server.Url, server.ProcessId, server.ProcessStarted, server.Version) = (null, null, null, null);
            server.LastActivity.Record(_clock.GetUtcNow());
            server.User.LastActivity.Record(_clock.GetUtcNow());
            Tokens.Forget(token => IsOf(token, server));
            server.State = ServerState.Stopped;
            if (IsKnown(server))
            {
                _store.Dismiss(server);
            }
        }
    }

    /// <summary>Keeps what changed in a server: its state, address, process, options. One that was removed stays removed.</summary>
    public void Save(Server server)
    {
        lock (_changing)
        {
            if (IsKnown(server))
            {
                _store.Save(server);
            }
        }
    }

    /// <summary>A new API token; <paramref name="secret"/> is shown this once.</summary>
    public Token CreateApiToken(Owner owner, IReadOnlySet<string> scopes, string note, TimeSpan? lifetime, out string secret)
    {
        secret = Secrets.Hex();
        var now = _clock.GetUtcNow();
        var token = new Token { Id = Tokens.NextId(), Owner = owner, Scopes = scopes, Created = now, ExpiresAt = now + lifetime, Note = note };
        Tokens.Add(secret, token);
        return token;
    }

    /// <summary>A token by which a server learns who the user of this session is; null if the server's run, or the session, ended meanwhile.</summary>
    /// <param name="secretHash">The server's secret when the user let it in.</param>
    public string? CreateOAuthToken(Server server, string secretHash, Session session, TimeSpan lifetime)
    {
        lock (_changing)
        {
            if (!IsKnown(server) || server.SecretHash != secretHash || !IsOpen(session))
            {
                return null;
            }

            var secret = Secrets.OAuth();
            var now = _clock.GetUtcNow();
            Tokens.Add(secret, new Token
            {
                Id = Tokens.NextId(),
                Owner = session.User,
                Scopes = Scopes.Expand(Scopes.OfOAuthClient(server), session.User),
                Created = now,
                ExpiresAt = now + lifetime,
                SessionId = session.Id,
                Client = server,
            });
            return secret;
        }
    }

    /// <summary>Keeps who was active when; <see cref="ActivityKeeper"/> calls it every other second.</summary>
    public void KeepActivity() => _store.KeepActivity(_users.Values, Servers, Tokens.All);

    /// <summary>Whether this server is there still, and neither it nor its user was removed.</summary>
    public bool IsKnown(Server server) => Knows(server.User) && server.User.Servers.GetValueOrDefault(server.Name) == server;

    private void EndTokens(Server server)
    {
        _store.RemoveTokens(server);
        Tokens.Forget(token => IsOf(token, server));
    }

    private static bool IsOf(Token token, Server server) => token.Server == server || token.Client == server;
}
