using Microsoft.Data.Sqlite;

namespace Waiide.Hub.Mock.State;

/// <summary>Why the database cannot be had: one sentence that names Hub:Database and the fix.</summary>
internal sealed class DatabaseException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The SQLite file, for this hub alone: one connection, one statement or transaction at a time.</summary>
internal sealed class Database : IDisposable
{
    public const string InMemory = ":memory:";

    // Long enough for a hub that is on its way out.
    private const int SecondsToWaitForAnother = 3;

    private readonly Lock _inUse = new();
    private readonly SqliteConnection _connection;

    private Database(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file, makes it if there is none, and brings an older schema up to date. Throws <see cref="DatabaseException"/>.</summary>
    public static Database Open(string path)
    {
        try
        {
            if (path != InMemory)
            {
                path = Path.GetFullPath(path);
                MakeFile(path);
            }

            var connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                ForeignKeys = true,
                DefaultTimeout = SecondsToWaitForAnother,
            }.ToString());
            var database = new Database(connection);
            try
            {
                connection.Open();

                // A second hub, or whatever else would write behind this one's back, finds the file locked from here on. The lock ends with the process, however that ends.
                database.Run("PRAGMA locking_mode = EXCLUSIVE");
                database.Run("BEGIN EXCLUSIVE; COMMIT");
                Schema.Check(database, path);

                // No change waits for the disk: what the hub has written outlives it, and only a machine that loses its power may lose the last moments.
                database.Run("PRAGMA journal_mode = WAL");
                database.Run("PRAGMA synchronous = NORMAL");
                Schema.Migrate(database);
                return database;
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DatabaseException($"Hub:Database: {path} cannot be written ({new LogText(error.Message)}); set a file in a folder where the hub may write, or {InMemory} to keep nothing.", error);
        }
        catch (SqliteException error)
        {
            throw new DatabaseException(Explain(path, error), error);
        }
    }

    /// <summary>Runs one statement; $1, $2, ... are the values.</summary>
    /// <returns>The number of rows that it changed.</returns>
    public int Run(string sql, params ReadOnlySpan<object?> values)
    {
        lock (_inUse)
        {
            using var command = Command(sql, values);
            return command.ExecuteNonQuery();
        }
    }

    /// <summary>Every row of an answer.</summary>
    public List<T> Read<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        lock (_inUse)
        {
            using var command = Command(sql, values);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(row(reader));
            }

            return rows;
        }
    }

    /// <summary>Does all of it or nothing. What is written must be looked up inside, so that of two who write the later one has the newer values.</summary>
    public void Change(Action change)
    {
        lock (_inUse)
        {
            using var transaction = _connection.BeginTransaction();
            change();
            transaction.Commit();
        }
    }

    public void Dispose()
    {
        lock (_inUse)
        {
            _connection.Dispose();
        }
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        }

        return command;
    }

    // SQLite gives the files beside the database (-wal) the database's own mode.
    private static void MakeFile(string path)
    {
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var folder = Path.GetDirectoryName(path)!;
        var isNew = !File.Exists(path);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, mine | UnixFileMode.UserExecute);
        if (isNew)
        {
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mine }).Dispose();
        }
        else if (File.GetUnixFileMode(path) != mine)
        {
            File.SetUnixFileMode(path, mine);
        }
    }

    private static string Explain(string path, SqliteException error) => error.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => $"Hub:Database: {path} is in use by another hub; stop that one, or set another file.",
        SQLitePCL.raw.SQLITE_NOTADB => $"Hub:Database: {path} is not a database; set another file. This one is left as it is.",
        SQLitePCL.raw.SQLITE_CORRUPT => $"Hub:Database: {path} is damaged; put a copy of it back, or set another file.",
        _ => $"Hub:Database: {path} cannot be written ({new LogText(error.Message)}); set a file in a folder where the hub may write, or {InMemory} to keep nothing.",
    };
}
