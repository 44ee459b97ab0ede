using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;

namespace Waiide.Hub.Mock.State;

/// <summary>What the database gives back after a restart.</summary>
internal sealed partial class Store
{
    /// <summary>The highest id that a user ever had, or a token, or a share: ids of what is gone are not given out again.</summary>
    public long LastId(string table) => _database.Read("SELECT seq FROM sqlite_sequence WHERE name = $1", row => row.GetInt64(0), table).SingleOrDefault();

    public List<User> LoadUsers() => _database.Read(
        "SELECT id, name, admin, password, password_changed, created, last_activity, configured_password FROM users ORDER BY id",
        row =>
        {
            var user = new User(row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.GetFieldValue<DateTimeOffset>(5));
            user.SetPassword(Text(row, 3) is { } password ? PasswordHash.Parse(password) : null, Moment(row, 4));
            user.ConfiguredPassword = Text(row, 7) is { } configured ? PasswordHash.Parse(configured) : null;
            user.LastActivity.Restore(Moment(row, 6));
            return user;
        });

    public List<Group> LoadGroups() => _database.Read(
        "SELECT name, properties FROM groups", row => new Group(row.GetString(0)) { Properties = JsonNode.Parse(row.GetString(1))!.AsObject() });

    public List<(string Group, long User)> LoadMembers() => _database.Read("SELECT group_name, user_id FROM members", row => (row.GetString(0), row.GetInt64(1)));

    public List<Server> LoadServers(IReadOnlyDictionary<long, User> users) => _database.Read(
        "SELECT user_id, name, state, url, process, user_options, started, last_activity, secret_hash, attached FROM servers ORDER BY rowid",
        row =>
        {
            var server = new Server(users[row.GetInt64(0)], row.GetString(1), options.BaseUrl, row.GetBoolean(9));
            server.State = Enum.Parse<ServerState>(row.GetString(2));
            server.Url = Text(row, 3) is { } url ? new Uri(url) : null;
            var process = JsonNode.Parse(row.GetString(4))!;
            (server.ProcessId, server.ProcessStarted) = ((int?)process["id"], (long?)process["started"]);
            server.UserOptions = JsonNode.Parse(row.GetString(5))!.AsObject();
            server.Started = Moment(row, 6);
            server.LastActivity.Restore(Moment(row, 7));
            server.SetSecretHash(row.GetString(8));
            return server;
        });

    /// <param name="serviceOf">A service by its name; the configuration may not know it any more.</param>
    public List<(string Hash, Token Token)> LoadTokens(IReadOnlyDictionary<long, User> users, Func<string, Service> serviceOf) => _database.Read(
        "SELECT id, hash, user_id, service, server, scopes, created, expires, last_activity, note, session, client_user, client_server FROM tokens ORDER BY id",
        row =>
        {
            var user = row.IsDBNull(2) ? null : users[row.GetInt64(2)];
            var token = new Token
            {
                Id = "a" + row.GetString(0),
                Owner = user ?? (Owner)serviceOf(row.GetString(3)),
                Server = Text(row, 4) is { } server ? user!.Servers.GetValueOrDefault(server) : null,
                Scopes = Scopes(row.GetString(5)),
                Created = row.GetFieldValue<DateTimeOffset>(6),
                ExpiresAt = Moment(row, 7),
                Note = row.GetString(9),
                SessionId = Text(row, 10),
                Client = row.IsDBNull(11) ? null : users[row.GetInt64(11)].Servers[row.GetString(12)],
            };
            token.LastActivity.Restore(Moment(row, 8));
            return (row.GetString(1), token);
        });

    public List<Session> LoadSessions(IReadOnlyDictionary<long, User> users) => _database.Read(
        "SELECT id, login_hash, user_id, since FROM sessions",
        row => new Session(row.GetString(0), row.GetString(1), users[row.GetInt64(2)], row.GetFieldValue<DateTimeOffset>(3)));

    public List<Share> LoadShares(IReadOnlyDictionary<long, User> users, Func<string, Group?> groupOf) => _database.Read(
        "SELECT id, owner_id, server, user_id, group_name, scopes, created FROM shares ORDER BY id",
        row => new Share(
            row.GetInt64(0),
            users[row.GetInt64(1)].Servers[row.GetString(2)],
            row.IsDBNull(3) ? null : users[row.GetInt64(3)],
            Text(row, 4) is { } group ? groupOf(group) : null,
            Scopes(row.GetString(5)),
            row.GetFieldValue<DateTimeOffset>(6)));

    private static HashSet<string> Scopes(string written) => JsonSerializer.Deserialize(written, ScopesJson.Default.HashSetString)!;

    private static string Written(IEnumerable<string> scopes) => JsonSerializer.Serialize(scopes, ScopesJson.Default.IEnumerableString);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Moment(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    [JsonSerializable(typeof(HashSet<string>))]
    [JsonSerializable(typeof(IEnumerable<string>))]
    private sealed partial class ScopesJson : JsonSerializerContext;
}
