using Npgsql;

namespace FastVlm.Grains.Hosting;

/// <summary>The tables of Orleans in PostgreSQL, in a schema of their own beside the platform's.</summary>
public static class OrleansSchema
{
    public const string Name = "fastvlm_orleans";

    // Any number that no other program uses on this database: nodes that start together take turns.
    private const long LockKey = 0x6661_7374_766C_6D01;

    /// <summary>Creates what is missing and updates the statements. Safe to call from many nodes at once, and again.</summary>
    public static async Task EnsureAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(connectionString));
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"SELECT pg_advisory_xact_lock({LockKey})");
        await ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Name}");
        await ExecuteAsync(await ReadScriptAsync(cancellationToken));
        await transaction.CommitAsync(cancellationToken);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The caller's database, seen through Orleans' schema: its providers name their tables without one.</summary>
    internal static string ConnectionString(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = Name, ApplicationName = "fastvlm-orleans" }.ConnectionString;

    private static async Task<string> ReadScriptAsync(CancellationToken cancellationToken)
    {
        await using var stream = typeof(OrleansSchema).Assembly.GetManifestResourceStream("orleans.sql")!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
