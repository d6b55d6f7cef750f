using FastVlm.TestKit;
using Npgsql;

namespace FastVlm.Storage.Tests.Postgres;

/// <summary>A transaction of another program, which a test holds open to bring others to a point of its choice.</summary>
internal sealed class HeldTransaction : IAsyncDisposable
{
    private readonly string _connectionString;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private HeldTransaction(string connectionString, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connectionString = connectionString;
        _connection = connection;
        _transaction = transaction;
    }

    public static async Task<HeldTransaction> BeginAsync(string connectionString)
    {
        connectionString += ";Pooling=false";
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return new HeldTransaction(connectionString, connection, await connection.BeginTransactionAsync());
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Until some transaction of this database waits for a lock of the kind, as the server names it.</summary>
    public async Task UntilAnotherWaitsAsync(string kind)
    {
        const string Waiting = """
            SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND l.locktype = $1 AND a.datname = current_database()
            """;

        // Not within the transaction, which sees other sessions as they were when it looked first.
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Waiting, connection) { Parameters = { new() { Value = kind } } };
        var start = TimeProvider.System.GetTimestamp();
        while (await command.ExecuteScalarAsync() is 0L)
        {
            if (TimeProvider.System.GetElapsedTime(start) > TestTimeouts.Default)
            {
                throw new TimeoutException($"Nobody came to wait for a lock of the kind '{kind}'.");
            }
        }
    }

    public Task CommitAsync() => _transaction.CommitAsync();

    public Task RollbackAsync() => _transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
