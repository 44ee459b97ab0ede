namespace Waiide.Hub.Mock.State;

/// <summary>The users, their servers and all tokens: what a JupyterHub keeps in its database.</summary>
internal sealed class HubState
{
    private readonly Dictionary<string, User> _users;
    private readonly Dictionary<string, Server> _clients;
    private readonly TimeProvider _clock;

    public HubState(HubOptions options, TimeProvider clock)
    {
        _clock = clock;
        Tokens = new Tokens(clock);
        var now = clock.GetUtcNow();
        _users = options.Users
            .Select(user => new User(user.Name, user.IsAdmin, new PasswordHash(user.Password), now))
            .ToDictionary(user => user.Name, StringComparer.Ordinal);
        foreach (var server in options.Servers)
        {
            AddServer(new Server(_users[server.User], server.Name, server.Url, server.ApiToken, options.BaseUrl, now), server.ApiToken);
        }

        _clients = Servers.ToDictionary(server => server.ClientId, StringComparer.Ordinal);
    }

    public Tokens Tokens { get; }

    public IEnumerable<Server> Servers => _users.Values.SelectMany(user => user.Servers.Values);

    public User? FindUser(string name) => _users.GetValueOrDefault(name);

    /// <summary>The server that an OAuth client id belongs to.</summary>
    public Server? FindClient(string clientId) => _clients.GetValueOrDefault(clientId);

    /// <summary>A new API token; <paramref name="secret"/> is shown this once.</summary>
    public Token CreateApiToken(User owner, IReadOnlySet<string> scopes, string note, TimeSpan? lifetime, out string secret)
    {
        secret = Secrets.Hex();
        var now = _clock.GetUtcNow();
        var token = new Token { Id = Tokens.NextId(), Owner = owner, Scopes = scopes, Created = now, ExpiresAt = now + lifetime, Note = note };
        Tokens.Add(secret, token);
        return token;
    }

    private void AddServer(Server server, string apiToken)
    {
        server.User.Servers.Add(server.Name, server);
        Tokens.Add(apiToken, new Token
        {
            Id = Tokens.NextId(),
            Owner = server.User,
            Scopes = Scopes.OfServerToken(server),
            Created = server.Started,
            Note = server.Description,
        });
    }
}
