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
    [InlineData("PRAGMA user_version = 99; PRAGMA application_id = 0x57414949; CREATE TABLE users (name TEXT)", "was written by a newer hub (schema 99; this one knows 3); start the newer hub, or set another file. This one is left as it is.")]
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
    public async Task A_damaged_database_is_one_sentence()
    {
        Open(state => state.AddUser("ada", isAdmin: false));
        var bytes = await File.ReadAllBytesAsync(Database);
        bytes.AsSpan(4096).Clear(); // All but the first page, which is what opening looks at.
        await File.WriteAllBytesAsync(Database, bytes);
        Assert.Equal($"Hub:Database: {Database} is damaged; put a copy of it back, or set another file.", await FailAsync(Database));
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
    public void Two_servers_with_one_client_id_have_tokens_of_their_own()
    {
        Open(state =>
        {
            var first = state.AddServer(state.AddUser("a-b", isAdmin: false), "");
            var second = state.AddServer(state.AddUser("a", isAdmin: false), "b");
            Assert.Equal(first.ClientId, second.ClientId);
            foreach (var (server, secret) in new[] { (first, "first"), (second, "second") })
            {
                state.Admit(server, secret);
                var session = state.OpenSession(server.User, "login of " + secret);
                Assert.NotNull(state.CreateOAuthToken(server, server.SecretHash, session, TimeSpan.FromDays(1)));
                Assert.Null(state.CreateOAuthToken(server, "of another run", session, TimeSpan.FromDays(1)));
            }
        });
        Open(state =>
        {
            var (first, second) = (state.FindUser("a-b")!.Servers[""], state.FindUser("a")!.Servers["b"]);
            Assert.Equal([first, second], state.Tokens.All.Select(token => token.Client).OfType<Server>().OrderBy(server => server.User.Id));
            state.Dismiss(first);
            Assert.Equal(second, Assert.Single(state.Tokens.All, token => token.Client is not null).Client);
            state.RemoveServer(second);
            Assert.Empty(state.Tokens.All);
        });
    }

    [Fact]
    public void Shares_are_kept_and_go_with_what_they_are_about()
    {
        Open((state, shares) =>
        {
            var (ada, bob, cem, team) = (state.AddUser("ada", isAdmin: false), state.AddUser("bob", isAdmin: false), state.AddUser("cem", isAdmin: false), state.AddGroup("team"));
            state.AddMember(team, cem);
            var (lab, own) = (state.AddServer(ada, "lab"), state.AddServer(ada, ""));
            shares.Grant(lab, bob, null, ["access:servers"]);
            shares.Grant(lab, bob, null, ["servers"]);
            shares.Grant(lab, null, team, ["access:servers"]);
            shares.Grant(own, bob, null, ["access:servers"]);
            shares.Grant(own, cem, null, ["access:servers", "servers"]);
            shares.Revoke(shares.Find(own, bob, null)!, names: null);
            shares.Revoke(shares.Find(own, cem, null)!, ["servers"]);
        });
        Open((state, shares) =>
        {
            Assert.Equal(
                ["1 ada/lab bob access:servers servers", "2 ada/lab team access:servers", "4 ada/ cem access:servers"],
                shares.All.Select(share => $"{share.Id} {share.Server.FullName} {share.User?.Name ?? share.Group!.Name} {string.Join(' ', share.Names.Order(StringComparer.Ordinal))}"));

            // Whoever comes to bear ada's name has nothing to do with it.
            state.ChangeUser(state.FindUser("ada")!, "anna", isAdmin: false);
            Assert.Equal(["access:servers!server=anna/lab", "servers!server=anna/lab"], shares.ScopesOf(state.FindUser("bob")!).Order(StringComparer.Ordinal));

            state.RemoveGroup(state.FindGroup("team")!);
            Assert.Equal(["access:servers!server=anna/"], shares.ScopesOf(state.FindUser("cem")!));
            state.RemoveUser(state.FindUser("cem")!);
            Assert.Single(shares.All);
            state.RemoveServer(state.FindUser("anna")!.Servers["lab"]);
            Assert.Empty(shares.All);
            Assert.Equal(5, shares.Grant(state.FindUser("anna")!.Servers[""], state.FindUser("bob"), null, ["servers"]).Id);
            state.RemoveUser(state.FindUser("anna")!);
        });
        Assert.Equal("0", Query("SELECT CAST(count(*) AS TEXT) FROM shares"));
    }

    [Fact]
    public void A_database_of_the_first_schema_is_brought_up_to_date()
    {
        Execute(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Hub", "schema-1.sql")));
        Open((state, shares) =>
        {
            Assert.Equal(["ada", "bob"], state.Users.Select(user => user.Name));
            Assert.Equal(["a1", "a2"], state.Tokens.All.Select(token => token.Id).Order(StringComparer.Ordinal)); // The OAuth token a3 has ended.
            Assert.Same(state.FindUser("ada")!.Servers["lab"], state.Tokens.Find("token of the server")!.Server);
            Assert.Equal("for a script", state.Tokens.Find("token of bob")!.Note);
            Assert.Equal(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero), state.Tokens.Find("token of bob")!.LastActivity.Latest);
            state.CreateApiToken(state.FindUser("bob")!, new HashSet<string>(), "", lifetime: null, out var secret);
            Assert.Equal("a8", state.Tokens.Find(secret)!.Id); // a4 to a7 were given out once.
            shares.Grant(state.FindUser("ada")!.Servers["lab"], state.FindUser("bob"), null, ["access:servers"]);
        });
        Assert.Equal("ok", Query("PRAGMA integrity_check"));
        Assert.Null(Query("PRAGMA foreign_key_check"));
        Open((state, shares) => Assert.Equal(["access:servers!server=ada/lab"], shares.ScopesOf(state.FindUser("bob")!)));
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

    private void Open(Action<HubState> use) => Open((state, _) => use(state));

    private void Open(Action<HubState, Shares> use)
    {
        var options = new HubOptions { Database = Database };
        using var store = new Store(options);
        var state = new HubState(options, TimeProvider.System, store);
        use(state, new Shares(state, store, TimeProvider.System));
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
