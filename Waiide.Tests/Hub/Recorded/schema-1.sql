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

INSERT INTO users VALUES (1, 'ada', 1, 'pbkdf2-sha256$100000$AAECAwQFBgcICQoLDA0ODw==$++eZA9dZuCbh1UvZ5Pi+st5ah6yGA3x2MorUhf2JRnE=', NULL, '2026-01-02 03:04:05.678901+00:00', NULL);
INSERT INTO groups VALUES ('team', '{}');
INSERT INTO members VALUES ('team', 1);
INSERT INTO servers VALUES (1, 'lab', 'Stopped', NULL, '{"id":null}', '{}', NULL, NULL, '', 0);
INSERT INTO tokens VALUES (3, 'DB399CBB0859754964173ADBC8ACDA8FC539C5C6DCF8ECB1680A04FF94749FAC', 1, NULL, NULL, '["admin:users","users","read:users","read:users:name","read:users:groups","read:users:activity","read:servers"]', '2026-01-02 03:04:05+00:00', NULL, NULL, 'mine', NULL, 'jupyterhub', 'JupyterHub');
INSERT INTO keys VALUES ('xsrf', x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
PRAGMA user_version = 1;
PRAGMA application_id = 0x57414949;
