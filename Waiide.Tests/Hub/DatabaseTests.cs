using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Waiide.Hub.Mock;
using Waiide.Hub.Mock.State;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The database: what it keeps, what it must not keep, and what the hub says when it cannot be had.</summary>
public sealed class DatabaseTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    private string Database => Path.Combine(_folder.Path, "hub.sqlite");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_hub_with_the_same_database_does_not_start()
    {
        await using var hub = await RunningHub.StartAsync(("Database", Database), ("Users:ada", "pw"));
        Assert.Equal($"Hub:Database: {Database} is in use by another hub; stop that one, or set another file.", await FailAsync(Database));
        using var browser = await hub.SignedInAsync("ada");
    }

    [Theory]
    [InlineData("PRAGMA user_version = 99; PRAGMA application_id = 0x57414949; CREATE TABLE users (name TEXT)", "was written by a newer hub (schema 99; this one knows 1); start the newer hub, or set another file. This one is left as it is.")]
    [InlineData("CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('theirs')", "is the database of another program; set another file. This one is left as it is.")]
    [InlineData(null, "is not a database; set another file. This one is left as it is.")]
    public async Task A_file_that_is_not_this_hubs_is_refused_and_left_as_it_is(string? sql, string reason)
    {
        if (sql is null)
        {
            await File.WriteAllTextAsync(Database, string.Concat(Enumerable.Repeat("Dear diary, ", 1000)));
        }
        else
        {
            Execute(sql);
        }

        var before = await File.ReadAllBytesAsync(Database);
        Assert.Equal($"Hub:Database: {Database} {reason}", await FailAsync(Database));
        Assert.Equal(before, await File.ReadAllBytesAsync(Database));
        Assert.Equal([Database], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("/proc/hub/hub.sqlite")]
    [InlineData("{0}/a file/hub.sqlite")]
    [InlineData("{0}/a folder")]
    public async Task A_database_that_cannot_be_written_is_one_sentence(string path)
    {
        path = path.Replace("{0}", _folder.Path, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "a file"), "");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "a folder"));
        Assert.Matches(
            $@"^Hub:Database: {path} cannot be written \(.*\); set a file in a folder where the hub may write, or :memory: to keep nothing\.$", await FailAsync(path));
    }

    [Fact]
    public async Task No_secret_is_in_the_files()
    {
        await using var server = await StubIde.StartAsync();
        await using var hub = await RunningHub.StartAsync(
            ("Database", Database), ("Users:ada", "the password of ada"), ("Services:0:Name", "cull"), ("Services:0:ApiToken", "service-token-0123456789"),
            ("Servers:0:User", "ada"), ("Servers:0:Url", server.Url.ToString()), ("Servers:0:ApiToken", "server-token-0123456789"));
        using var browser = await hub.SignedInAsync("ada", "the password of ada");
        var xsrf = browser.Cookie("_xsrf", "/hub/")!;
        using var made = await browser.SendAsync(HttpMethod.Post, "/hub/api/users/ada/tokens", content: null, ("X-XSRFToken", xsrf));
        var token = JsonNode.Parse(await made.Content.ReadAsStringAsync())!["token"]!.GetValue<string>();
        var code = await browser.CodeAsync("ada");
        using var api = new Browser(hub.Api);
        using var exchanged = await api.PostFormAsync(
            "/hub/api/oauth2/token", ("grant_type", "authorization_code"), ("client_id", "jupyterhub-user-ada"), ("client_secret", "server-token-0123456789"), ("code", code), ("redirect_uri", "/user/ada/oauth_callback"));
        var oauth = JsonNode.Parse(await exchanged.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();

        string[] secrets = ["the password of ada", "service-token-0123456789", "server-token-0123456789", token, code, oauth, xsrf, browser.Cookie("jupyterhub-hub-login", "/hub/")!];
        NoSecretIn("hub.sqlite-wal");
        hub.Process.Signal("TERM");
        await hub.Process.WaitForExit();
        NoSecretIn("hub.sqlite");

        void NoSecretIn(string largest)
        {
            var files = Directory.GetFiles(_folder.Path).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
            Assert.True(files[largest].AsSpan().IndexOf("Requested via api"u8) >= 0, $"{largest} has what was kept");
            Assert.All(files, file => Assert.All(secrets, secret => Assert.Equal(-1, file.Value.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)))));
            Assert.All(files.Keys, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, file))));
        }
    }

    [Fact]
    public async Task A_file_that_others_could_read_is_closed_to_them()
    {
        await File.WriteAllTextAsync(Database, "");
        File.SetUnixFileMode(Database, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Open(_ => { });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Database));
    }

    [Fact]
    public async Task A_database_of_schema_1_opens()
    {
        // As the first hub with a database made it; the password of ada is "pw".
        Execute(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Hub", "Recorded", "schema-1.sql")));
        await using var hub = await RunningHub.StartAsync(("Database", Database));
        using var browser = await hub.SignedInAsync("ada");
        using var api = new Browser(hub.Api);
        using var answer = await api.GetAsync("/hub/api/users/ada?include_stopped_servers=1", ("Authorization", "token token-of-ada"));
        var model = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("2026-01-02T03:04:05.678901Z", model["created"]!.GetValue<string>());
        Assert.Equal("ada/lab", model["servers"]!["lab"]!["full_name"]!.GetValue<string>());
        Assert.True(model["admin"]!.GetValue<bool>());
    }

    [Fact]
    public void Users_groups_and_servers_come_back_as_they_were()
    {
        Open(state =>
        {
            var (zoe, bob) = (state.AddUser("zoe", isAdmin: false), state.AddUser("bob", isAdmin: true, new PasswordHash("pw")));
            state.RemoveUser(state.AddUser("gone", isAdmin: false));
            state.ChangeUser(zoe, "anna", isAdmin: true);
            var team = state.AddGroup("team");
            state.AddMember(team, zoe);
            state.AddMember(team, bob);
            state.RemoveMember(team, bob);
            state.SetProperties(team, new JsonObject { ["budget"] = 7 });
            state.RemoveGroup(state.AddGroup("gone"));

            var server = state.AddServer(zoe, "lab");
            Assert.Equal("the secret", state.Admit(server, "the secret"));
            (server.State, server.Url, server.ProcessId, server.UserOptions) = (ServerState.Ready, new Uri("http://127.0.0.1:1234"), 4711, new JsonObject { ["image"] = "é" });
            state.Save(server);
            server.LastActivity.Record(DateTimeOffset.MaxValue);
            state.KeepActivity();
            state.RemoveServer(state.AddServer(bob, "gone"));
        });

        Open(state =>
        {
            Assert.Equal([("anna", 1L, true), ("bob", 2L, true)], state.Users.Select(user => (user.Name, user.Id, user.IsAdmin)));
            var (zoe, bob) = (state.FindUser("anna")!, state.FindUser("bob")!);
            Assert.True(bob.Password!.Is("pw"));
            Assert.Null(zoe.Password);
            var team = Assert.Single(state.Groups);
            Assert.Equal([zoe], team.Users.Keys);
            Assert.Equal("""{"budget":7}""", team.Properties.ToJsonString());

            var server = Assert.Single(state.Servers);
            Assert.Equal((zoe, ServerState.Ready, 4711, new Uri("http://127.0.0.1:1234")), (server.User, server.State, server.ProcessId, server.Url));
            Assert.Equal("é", server.UserOptions["image"]!.GetValue<string>());
            Assert.Equal(DateTimeOffset.MaxValue, server.LastActivity.Latest);
            Assert.True(server.HasSecret("the secret"));
            Assert.Same(server, state.FindClient("jupyterhub-user-anna-lab"));
            Assert.Same(server, state.Tokens.Find("the secret")!.Server);
            Assert.Equal(4, state.AddUser("new", isAdmin: false).Id);
        });
    }

    [Fact]
    public void What_belongs_to_a_user_goes_with_them_whoever_uses_it_at_the_moment()
    {
        Open(state =>
        {
            for (var round = 0; round < 30; round++)
            {
                var user = state.AddUser("ada", isAdmin: false);
                var server = state.AddServer(user, "");
                var secret = state.Admit(server);
                Parallel.Invoke(
                    () => state.RemoveUser(user),
                    () => Try(() => state.CreateApiToken(user, new HashSet<string>(), "", lifetime: null, out _)),
                    () => Try(() => state.Admit(server)),
                    () => Try(() => state.AddServer(user, "another")),
                    () => state.Save(server),
                    () =>
                    {
                        server.LastActivity.Record(DateTimeOffset.UtcNow);
                        state.KeepActivity();
                    });

                Assert.Empty(state.Tokens.All);
                Assert.Empty(state.Servers);
                Assert.Null(state.Tokens.Find(secret));
                Assert.Null(state.FindClient("jupyterhub-user-ada"));
            }
        });
        Assert.Equal("0 0 0", Query("SELECT (SELECT count(*) FROM users) || ' ' || (SELECT count(*) FROM servers) || ' ' || (SELECT count(*) FROM tokens)"));

        static void Try(Action change)
        {
            try
            {
                change();
            }
            catch (HubError error)
            {
                Assert.Equal(404, error.Status); // It came too late.
            }
        }
    }

    [Fact]
    public void Two_servers_that_share_a_client_id_do_not_take_it_from_each_other()
    {
        Open(state =>
        {
            var first = state.AddServer(state.AddUser("a-b", isAdmin: false), "");
            var second = state.AddServer(state.AddUser("a", isAdmin: false), "b");
            Assert.Same(first, state.FindClient("jupyterhub-user-a-b"));
            state.RemoveServer(first);
            Assert.Same(second, state.FindClient("jupyterhub-user-a-b"));
            state.RemoveServer(second);
            Assert.Null(state.FindClient("jupyterhub-user-a-b"));
        });
    }

    [Theory]
    [InlineData("pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw==$")]
    public void A_password_is_compared_with_the_parameters_of_its_time(string head)
    {
        var hash = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(
            "pw", Convert.FromBase64String(head.Split('$')[2]), 1000, System.Security.Cryptography.HashAlgorithmName.SHA256, 32);
        var kept = PasswordHash.Parse(head + Convert.ToBase64String(hash));
        Assert.True(kept.Is("pw"));
        Assert.False(kept.Is("PW"));
        Assert.Equal(head + Convert.ToBase64String(hash), kept.ToString());
    }

    private void Open(Action<HubState> use)
    {
        var options = new HubOptions { Database = Database };
        using var store = new Store(options);
        use(new HubState(options, TimeProvider.System, store));
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private string? Query(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (string?)command.ExecuteScalar();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=false");
        connection.Open();
        return connection;
    }

    private static async Task<string> FailAsync(string database)
    {
        await using var process = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", new Dictionary<string, string>
        {
            ["Hub__FrontPort"] = Ports.Free().ToString(CultureInfo.InvariantCulture),
            ["Hub__ApiPort"] = Ports.Free().ToString(CultureInfo.InvariantCulture),
            ["Hub__Database"] = database,
            ["Hub__Users__ada"] = "pw",
        });
        Assert.Equal(1, await process.WaitForExit());
        return process.Output;
    }
}
