namespace Waiide.Hub.Mock.State;

/// <summary>The tables, as the steps that led to them. A step that was released is never changed: what is new is a further step.</summary>
internal static class Schema
{
    // "WAII", so that other programs' databases are told from ours (PRAGMA application_id).
    private const long Ours = 0x57414949;

    // Times are texts in UTC; lists and objects are JSON. Of secrets there are only hashes, but for the hub's own keys.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            admin INTEGER NOT NULL,
            password TEXT,
            password_changed TEXT,
            created TEXT NOT NULL,
            last_activity TEXT
        ) STRICT;

        CREATE TABLE groups (
            name TEXT PRIMARY KEY,
            properties TEXT NOT NULL
        ) STRICT;

        CREATE TABLE members (
            group_name TEXT NOT NULL REFERENCES groups (name) ON DELETE CASCADE,
            user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            PRIMARY KEY (group_name, user_id)
        ) STRICT;

        CREATE TABLE servers (
            user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            state TEXT NOT NULL,
            url TEXT,
            process TEXT NOT NULL,
            user_options TEXT NOT NULL,
            started TEXT,
            last_activity TEXT,
            secret_hash TEXT NOT NULL,
            attached INTEGER NOT NULL,
            PRIMARY KEY (user_id, name)
        ) STRICT;

        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash TEXT NOT NULL UNIQUE,
            user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
            service TEXT,
            server TEXT,
            scopes TEXT NOT NULL,
            created TEXT NOT NULL,
            expires TEXT,
            last_activity TEXT,
            note TEXT NOT NULL,
            session TEXT,
            client TEXT NOT NULL,
            client_description TEXT NOT NULL,
            FOREIGN KEY (user_id, server) REFERENCES servers (user_id, name) ON DELETE CASCADE,
            CHECK ((user_id IS NULL) <> (service IS NULL))
        ) STRICT;

        CREATE TABLE sessions (
            login_hash TEXT PRIMARY KEY,
            id TEXT NOT NULL,
            user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            since TEXT NOT NULL
        ) STRICT;

        CREATE TABLE keys (
            name TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT;

        CREATE INDEX members_by_user ON members (user_id);
        CREATE INDEX tokens_by_server ON tokens (user_id, server);
        CREATE INDEX sessions_by_user ON sessions (user_id);
        """,
        // OAuth tokens know the server that they were given to, and no longer its client id, which two servers may have in common. Those of before
        // end: servers ask for another as soon as they need one, without a question. Ids go on from where they were.
        """
        CREATE TABLE new_tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash TEXT NOT NULL UNIQUE,
            user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
            service TEXT,
            server TEXT,
            scopes TEXT NOT NULL,
            created TEXT NOT NULL,
            expires TEXT,
            last_activity TEXT,
            note TEXT NOT NULL,
            session TEXT,
            client_user INTEGER,
            client_server TEXT,
            FOREIGN KEY (user_id, server) REFERENCES servers (user_id, name) ON DELETE CASCADE,
            FOREIGN KEY (client_user, client_server) REFERENCES servers (user_id, name) ON DELETE CASCADE,
            CHECK ((user_id IS NULL) <> (service IS NULL))
        ) STRICT;

        INSERT INTO new_tokens SELECT id, hash, user_id, service, server, scopes, created, expires, last_activity, note, session, NULL, NULL FROM tokens WHERE client = 'jupyterhub';
        DELETE FROM sqlite_sequence WHERE name = 'new_tokens';
        INSERT INTO sqlite_sequence (name, seq) SELECT 'new_tokens', seq FROM sqlite_sequence WHERE name = 'tokens';
        DROP TABLE tokens;
        ALTER TABLE new_tokens RENAME TO tokens;
        CREATE INDEX tokens_by_server ON tokens (user_id, server);
        CREATE INDEX tokens_by_client ON tokens (client_user, client_server);

        CREATE TABLE shares (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            owner_id INTEGER NOT NULL,
            server TEXT NOT NULL,
            user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
            group_name TEXT REFERENCES groups (name) ON DELETE CASCADE,
            scopes TEXT NOT NULL,
            created TEXT NOT NULL,
            FOREIGN KEY (owner_id, server) REFERENCES servers (user_id, name) ON DELETE CASCADE,
            CHECK ((user_id IS NULL) <> (group_name IS NULL))
        ) STRICT;

        CREATE UNIQUE INDEX shares_with_users ON shares (owner_id, server, user_id);
        CREATE UNIQUE INDEX shares_with_groups ON shares (owner_id, server, group_name);
        CREATE INDEX shares_by_user ON shares (user_id);
        CREATE INDEX shares_by_group ON shares (group_name);
        """,
        "ALTER TABLE users ADD COLUMN configured_password TEXT;",
    ];

    /// <summary>Throws <see cref="DatabaseException"/> for a database that is not this hub's to open; changes nothing.</summary>
    public static void Check(Database database, string path)
    {
        var version = Number(database, "PRAGMA user_version");
        var isEmpty = Number(database, "SELECT count(*) FROM sqlite_master") == 0;
        if (!isEmpty && Number(database, "PRAGMA application_id") != Ours)
        {
            throw new DatabaseException($"Hub:Database: {path} is the database of another program; set another file. This one is left as it is.");
        }

        if (version > Steps.Length)
        {
            throw new DatabaseException($"Hub:Database: {path} was written by a newer hub (schema {version}; this one knows {Steps.Length}); start the newer hub, or set another file. This one is left as it is.");
        }
    }

    public static void Migrate(Database database) => database.Change(() =>
    {
        for (var version = Number(database, "PRAGMA user_version"); version < Steps.Length; version++)
        {
            database.Run($"{Steps[version]} PRAGMA user_version = {version + 1}; PRAGMA application_id = {Ours}");
        }
    });

    private static long Number(Database database, string sql) => database.Read(sql, row => row.GetInt64(0)).Single();
}
