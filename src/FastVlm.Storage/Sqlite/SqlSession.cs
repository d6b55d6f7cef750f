using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FastVlm.Storage.Sqlite;

/// <summary>A connection with its prepared statements. Not safe for concurrent use. Parameters are $1, $2 and so on.</summary>
internal sealed class SqlSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    private SqlSession(SqliteConnection connection)
    {
        _connection = connection;
    }

    /// <summary>False once a statement has ended the transaction by itself, as some failures do.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    public static SqlSession OpenWriter(string path, bool isDurable = true)
    {
        var session = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // Before the first table, or it has no effect: lets the sweeper give pages back.
            session.Execute("PRAGMA auto_vacuum = INCREMENTAL");
            session.Execute("PRAGMA journal_mode = WAL");
            session.Execute($"PRAGMA synchronous = {(isDurable ? "FULL" : "NORMAL")}");
            session.Execute($"PRAGMA journal_size_limit = {StorageLimits.LogBytesKept}");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public static SqlSession OpenReader(string path) => Open(path, SqliteOpenMode.ReadOnly);

    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    public long? Number(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() as long?;

    public string? Text(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() as string;

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Bind(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Several statements at once, without parameters.</summary>
    public void Run(string script)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    /// <summary>Ends the statement that runs on another thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_connection.Handle);

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static SqlSession Open(string path, SqliteOpenMode mode)
    {
        SqliteLibrary.Bind();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            // The library waits by itself (below); this is the least that the wrapper adds, s.
            DefaultTimeout = 1,
        }.ConnectionString);
        try
        {
            connection.Open();
            var session = new SqlSession(connection);
            session.Execute($"PRAGMA busy_timeout = {StorageLimits.BusyTimeoutMs}");
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter($"${i}", null));
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }
}
