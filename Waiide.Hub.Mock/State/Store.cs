using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Waiide.Hub.Mock.State;

/// <summary>What the database keeps: every change is written here before it counts. Read it is only when the hub starts: while it runs it asks its models in memory.</summary>
internal sealed partial class Store(HubOptions options) : IDisposable
{
    private readonly Database _database = Database.Open(options.Database);

    public void Add(User user) => _database.Run(
        "INSERT INTO users (id, name, admin, password, password_changed, created) VALUES ($1, $2, $3, $4, $5, $6)",
        user.Id, user.Name, user.IsAdmin, user.Password?.ToString(), user.PasswordChanged, user.Created);

    public void Save(User user) => _database.Change(() => _database.Run(
        "UPDATE users SET name = $2, admin = $3, password = $4, password_changed = $5, configured_password = $6 WHERE id = $1",
        user.Id, user.Name, user.IsAdmin, user.Password?.ToString(), user.PasswordChanged, user.ConfiguredPassword?.ToString()));

    /// <summary>With everything that is theirs.</summary>
    public void Remove(User user) => _database.Run("DELETE FROM users WHERE id = $1", user.Id);

    public void Change(User user, string name, bool isAdmin) => _database.Run("UPDATE users SET name = $2, admin = $3 WHERE id = $1", user.Id, name, isAdmin);

    public void Add(Group group) => _database.Run("INSERT INTO groups (name, properties) VALUES ($1, $2)", group.Name, group.Properties.ToJsonString());

    public void SetProperties(Group group, JsonObject properties) => _database.Run("UPDATE groups SET properties = $2 WHERE name = $1", group.Name, properties.ToJsonString());

    public void Remove(Group group) => _database.Run("DELETE FROM groups WHERE name = $1", group.Name);

    public void AddMember(Group group, User user) => _database.Run("INSERT OR IGNORE INTO members (group_name, user_id) VALUES ($1, $2)", group.Name, user.Id);

    public void RemoveMember(Group group, User user) => _database.Run("DELETE FROM members WHERE group_name = $1 AND user_id = $2", group.Name, user.Id);

    public void Add(Server server) => _database.Run(
        "INSERT INTO servers (user_id, name, state, process, user_options, secret_hash, attached) VALUES ($1, $2, $3, '{}', '{}', '', $4)",
        server.User.Id, server.Name, server.State.ToString(), server.IsAttached);

    public void Save(Server server) => _database.Change(() => Write(server));

    /// <summary>A server that has ended, with all tokens of that run: both or nothing.</summary>
    public void Dismiss(Server server) => _database.Change(() =>
    {
        RemoveTokens(server);
        Write(server);
    });

    /// <summary>The server's own tokens, and those that its OAuth client was given; by what the database has, which is more than memory has where an earlier change could not be kept.</summary>
    public void RemoveTokens(Server server) => _database.Run(
        "DELETE FROM tokens WHERE (user_id = $1 AND server = $2) OR (client_user = $1 AND client_server = $2)", server.User.Id, server.Name);

    /// <summary>With its own tokens.</summary>
    public void Remove(Server server) => _database.Run("DELETE FROM servers WHERE user_id = $1 AND name = $2", server.User.Id, server.Name);

    /// <summary>Throws 404 if its owner, its server or its client is gone: a token must not outlive them.</summary>
    public void Add(string hash, Token token) => AddOwned(
        "INSERT INTO tokens (id, hash, user_id, service, server, scopes, created, expires, note, session, client_user, client_server) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        Number(token), hash, (token.Owner as User)?.Id, (token.Owner as Service)?.Name, token.Server?.Name, Written(token.Scopes),
        token.Created, token.ExpiresAt, token.Note, token.SessionId, token.Client?.User.Id, token.Client?.Name);

    public void Remove(IReadOnlyCollection<Token> tokens) => _database.Change(() =>
    {
        foreach (var token in tokens)
        {
            _database.Run("DELETE FROM tokens WHERE id = $1", Number(token));
        }
    });

    /// <summary>What may change in a token: what it is for, and until when.</summary>
    public void Save(IReadOnlyCollection<Token> tokens) => _database.Change(() =>
    {
        foreach (var token in tokens)
        {
            _database.Run("UPDATE tokens SET scopes = $2, expires = $3 WHERE id = $1", Number(token), Written(token.Scopes), token.ExpiresAt);
        }
    });

    /// <summary>Throws 404 if the server, or whom it is shared with, is gone.</summary>
    public void Add(Share share) => AddOwned(
        "INSERT INTO shares (id, owner_id, server, user_id, group_name, scopes, created) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        share.Id, share.Server.User.Id, share.Server.Name, share.User?.Id, share.Group?.Name, Written(share.Names), share.Created);

    public void Save(Share share) => _database.Run("UPDATE shares SET scopes = $2 WHERE id = $1", share.Id, Written(share.Names));

    public void Remove(Share share) => _database.Run("DELETE FROM shares WHERE id = $1", share.Id);

    /// <summary>Throws 404 if the user is gone.</summary>
    public void Add(Session session) => AddOwned(
        "INSERT INTO sessions (login_hash, id, user_id, since) VALUES ($1, $2, $3, $4)", session.LoginHash, session.Id, session.User.Id, session.Since);

    public void Remove(Session session) => _database.Run("DELETE FROM sessions WHERE login_hash = $1", session.LoginHash);

    /// <summary>The hub's own key of that name, made when it is first asked for.</summary>
    public byte[] Key(string name)
    {
        _database.Run("INSERT OR IGNORE INTO keys (name, value) VALUES ($1, $2)", name, RandomNumberGenerator.GetBytes(32));
        return _database.Read("SELECT value FROM keys WHERE name = $1", row => row.GetFieldValue<byte[]>(0), name).Single();
    }

    /// <summary>The last activities that are newer than what is kept, all at once.</summary>
    public void KeepActivity(IEnumerable<User> users, IEnumerable<Server> servers, IEnumerable<Token> tokens)
    {
        var unkept = users.Select(user => (user.LastActivity, user.LastActivity.Unkept, Sql: "UPDATE users SET last_activity = $1 WHERE id = $2", Id: user.Id, Name: (string?)null))
            .Concat(servers.Select(server => (server.LastActivity, server.LastActivity.Unkept, "UPDATE servers SET last_activity = $1 WHERE user_id = $2 AND name = $3", server.User.Id, (string?)server.Name)))
            .Concat(tokens.Select(token => (token.LastActivity, token.LastActivity.Unkept, "UPDATE tokens SET last_activity = $1 WHERE id = $2", Number(token), (string?)null)))
            .Where(entry => entry.Unkept is not null)
            .ToArray();
        if (unkept.Length == 0)
        {
            return;
        }

        _database.Change(() =>
        {
            foreach (var (_, moment, sql, id, name) in unkept)
            {
                _ = name is null ? _database.Run(sql, moment, id) : _database.Run(sql, moment, id, name);
            }
        });

        // Only now: what could not be written is tried again.
        foreach (var (activity, moment, _, _, _) in unkept)
        {
            activity.Kept(moment!.Value);
        }
    }

    public void Dispose() => _database.Dispose();

    private void Write(Server server) => _database.Run(
        "UPDATE servers SET state = $3, url = $4, process = $5, user_options = $6, started = $7, secret_hash = $8 WHERE user_id = $1 AND name = $2",
        server.User.Id, server.Name, server.State.ToString(), server.Url?.OriginalString, ProcessOf(server).ToJsonString(), server.UserOptions.ToJsonString(), server.Started, server.SecretHash);

    private void AddOwned(string sql, params ReadOnlySpan<object?> values)
    {
        try
        {
            _database.Run(sql, values);
        }
        catch (SqliteException error) when (error.SqliteExtendedErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT_FOREIGNKEY)
        {
            throw new HubError(StatusCodes.Status404NotFound, "Not Found"); // Removed while the request was on its way.
        }
    }

    // What is needed to find a process again. JSON, so that it can grow without a step of the schema.
    private static JsonObject ProcessOf(Server server) => new() { ["id"] = server.ProcessId, ["started"] = server.ProcessStarted };

    private static long Number(Token token) => long.Parse(token.Id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);
}
