using System.Data.Common;
using System.Globalization;
using FastVlm.Pipeline.Storage;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>The connections to the server, and its failures as sentences.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _pool;
    private readonly string _connectionString;

    private PostgresDatabase(NpgsqlConnectionStringBuilder builder, TimeSpan commandTimeout)
    {
        _connectionString = builder.ConnectionString;
        _pool = NpgsqlDataSource.Create(_connectionString);
        Failures = new PostgresFailures(
            string.Create(CultureInfo.InvariantCulture, $"{builder.Host}:{builder.Port}"), builder.Database ?? "", builder.Username ?? "",
            commandTimeout);
    }

    public PostgresFailures Failures { get; }

    /// <exception cref="StorageException">The connection string says too little or cannot be read.</exception>
    public static PostgresDatabase Of(PostgresStoreOptions options)
    {
        const string Example = "it looks like 'Host=db;Port=5432;Database=fastvlm;Username=fastvlm;Password=…'";
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(options.ConnectionString.Reveal());
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // What the exception says may hold a part of the password.
            throw new StorageException($"The connection string of the PostgreSQL database cannot be read; {Example}.");
        }

        if (string.IsNullOrEmpty(builder.Host) || string.IsNullOrEmpty(builder.Database) || string.IsNullOrEmpty(builder.Username))
        {
            throw new StorageException($"The connection string of the PostgreSQL database must name host, database and user; {Example}.");
        }

        builder.MaxPoolSize = options.PoolSizeMax;
        builder.MinPoolSize = Math.Min(builder.MinPoolSize, options.PoolSizeMax);
        builder.Multiplexing = false;
        builder.CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds);
        builder.ApplicationName ??= "fastvlm";
        builder.TcpKeepAlive = true;
        builder.TcpKeepAliveTime = (int)StorageLimits.ServerSilenceMax.TotalSeconds;
        builder.TcpKeepAliveInterval = (int)StorageLimits.ServerSilenceMax.TotalSeconds;
        builder.PersistSecurityInfo = false;
        builder.IncludeErrorDetail = false;

        // A plan is made for each query's own values: what is frequent in one camera's captions is rare in another's.
        builder.MaxAutoPrepare = 0;
        return new PostgresDatabase(builder, options.CommandTimeout);
    }

    /// <summary>The connection of who writes all the time: it keeps its statements prepared, and waits for no other one.</summary>
    public NpgsqlConnection CreateWriter() => new(new NpgsqlConnectionStringBuilder(_connectionString)
    {
        Pooling = false, MaxAutoPrepare = StorageLimits.PreparedStatementsMax, AutoPrepareMinUsages = 2,
    }.ConnectionString);

    /// <summary>A connection that only waits for notifications, and finds out by itself that the server is gone.</summary>
    public NpgsqlConnection CreateListener() => new(new NpgsqlConnectionStringBuilder(_connectionString)
    {
        Pooling = false, KeepAlive = (int)StorageLimits.ServerSilenceMax.TotalSeconds,
    }.ConnectionString);

    /// <summary>A connection whose statements may take long.</summary>
    public NpgsqlConnection CreateSweeper() => new(new NpgsqlConnectionStringBuilder(_connectionString)
    {
        Pooling = false, CommandTimeout = (int)StorageLimits.SweepCommandTimeout.TotalSeconds,
    }.ConnectionString);

    public async Task<List<T>> QueryAsync<T>(Statement statement, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        await RunAsync(
            async connection =>
            {
                await using var batch = Batch(connection, statement);
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                var rows = await reader.ToListAsync(read, cancellationToken);

                // Closing tells of a commit that failed; only being disposed of would keep it to itself.
                await reader.CloseAsync();
                return rows;
            },
            cancellationToken);

    /// <returns>How many rows were changed.</returns>
    public Task<int> ExecuteAsync(CancellationToken cancellationToken, params IReadOnlyList<Statement> statements) => RunAsync(
        async connection =>
        {
            await using var batch = Batch(connection, statements);
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>
    /// Lends a connection. Where it turns out to have ended while it was idle, as all have once the server was restarted, the
    /// work is done again on a fresh one: it must bear that, or say when it does not.
    /// </summary>
    /// <exception cref="StorageException">The server does not do it now.</exception>
    public async Task<T> RunAsync<T>(
        Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken, Func<bool>? mayRepeat = null)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var isOpen = false;
            try
            {
                await using var connection = await _pool.OpenConnectionAsync(cancellationToken);
                isOpen = true;
                return await work(connection);
            }
            catch (Exception e) when (isOpen && isFirst && PostgresFailures.IsConnectionLost(e) && mayRepeat?.Invoke() != false)
            {
                _pool.Clear();
            }
            catch (Exception e) when (PostgresFailures.IsOfTheStore(e))
            {
                throw Failures.ToStorageException(e);
            }
        }
    }

    /// <summary>All of them in one round trip, and all or nothing.</summary>
    public static NpgsqlBatch Batch(NpgsqlConnection connection, params IReadOnlyList<Statement> statements)
    {
        var batch = connection.CreateBatch();
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement.ToCommand());
        }

        return batch;
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}

internal static class ReaderExtensions
{
    public static async Task<List<T>> ToListAsync<T>(
        this DbDataReader reader, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
