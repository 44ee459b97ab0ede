-- A database as the first hub that had one wrote it. It is not to be changed: what is new in Schema.cs has to take it as it is.
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

INSERT INTO users VALUES (1, 'ada', 0, NULL, NULL, '2026-11-19 10:00:00+00:00', NULL), (2, 'bob', 0, NULL, NULL, '2026-11-19 10:00:00+00:00', NULL);
INSERT INTO servers VALUES (1, 'lab', 'Stopped', NULL, '{}', '{}', NULL, NULL, '', 0);
INSERT INTO tokens VALUES
    (1, '2532F8D08C4FCB0373E6519E4E49422087CC02C2CCBD870D240608ECABD43E10', 1, NULL, 'lab', '["users:activity!user"]', '2026-11-19 10:00:00+00:00', NULL, NULL, 'Server at /user/ada/lab/', NULL, 'jupyterhub', 'JupyterHub'),
    (2, 'E2017877BA08D58AE79F2E60F17F39EC08B50193C80020AF07F2EC533BC35A24', 2, NULL, NULL, '["inherit"]', '2026-11-19 10:00:00+00:00', NULL, '2026-11-20 10:00:00+00:00', 'for a script', NULL, 'jupyterhub', 'JupyterHub'),
    (3, 'E32A100ED49FCEB2AC140AFC4EFBF96CDC7CE2D73A36DA1DFBEDF6A06DE7E670', 2, NULL, NULL, '["access:servers!server=ada/lab"]', '2026-11-19 10:00:00+00:00', NULL, NULL, '', 'session', 'jupyterhub-user-ada-lab', 'Server at /user/ada/lab/'),
    (7, '0', 2, NULL, NULL, '[]', '2026-11-19 10:00:00+00:00', NULL, NULL, '', NULL, 'jupyterhub', 'JupyterHub');
DELETE FROM tokens WHERE id = 7;
PRAGMA user_version = 1;
PRAGMA application_id = 0x57414949;
