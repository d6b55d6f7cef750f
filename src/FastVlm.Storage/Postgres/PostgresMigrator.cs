using System.Globalization;
using System.Reflection;
using FastVlm.Pipeline.Storage;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Brings a database to this program's version by the numbered scripts, all in one transaction. Machines that start at once
/// take turns. While machines are updated one after the other, older programs go on with the newer database: a script that
/// they could not bear raises <c>readable_from</c>.
/// </summary>
internal static class PostgresMigrator
{
    /// <summary>Older servers are out of support.</summary>
    public const int ServerVersionMin = 14;

    private const string Prefix = "PostgresMigrations/";

    /// <summary>Of the turn-taking; any number that nobody else uses.</summary>
    private const long Lock = 0x46564C4D_00000001;

    /// <summary>The scripts, first to last; the number of the first is 1.</summary>
    public static IReadOnlyList<string> Scripts { get; } = [.. ReadScripts()];

    /// <param name="database">The database.</param>
    /// <param name="then">Also done in the transaction, while no other machine starts.</param>
    /// <param name="cancellationToken">Stops it; nothing has changed then.</param>
    /// <returns>The version that the database had.</returns>
    /// <exception cref="StorageException">It is not ours, newer than this program bears, or the server cannot do it.</exception>
    public static Task<long> MigrateAsync(
        PostgresDatabase database, Func<NpgsqlConnection, Task> then, CancellationToken cancellationToken) => database.RunAsync(
        async connection =>
        {
            await CheckServerAsync(connection, database.Failures, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, $"SELECT pg_advisory_xact_lock({Lock})", cancellationToken);
            var version = await UpdateAsync(connection, database.Failures, Scripts, cancellationToken);
            await then(connection);
            await transaction.CommitAsync(cancellationToken);
            return version;
        },
        cancellationToken);

    /// <summary>In a transaction of the caller.</summary>
    public static async Task<long> UpdateAsync(
        NpgsqlConnection connection, PostgresFailures names, IReadOnlyList<string> scripts, CancellationToken cancellationToken)
    {
        var (version, readableFrom) = await ReadVersionAsync(connection, names, cancellationToken);
        if (readableFrom > scripts.Count)
        {
            throw new StorageException(
                $"The database {names.Database} has version {version}, which programs of version {readableFrom} and later can use, and "
                + $"this program is of version {scripts.Count}; start the newer program, or restore a backup from before the update.");
        }

        for (var next = version + 1; next <= scripts.Count; next++)
        {
            await RunAsync(connection, scripts[(int)next - 1], cancellationToken);
            await RunAsync(connection, $"UPDATE fastvlm.schema_version SET number = {next}", cancellationToken);
        }

        return version;
    }

    public static void CheckServer(Version version, PostgresFailures names)
    {
        if (version.Major < ServerVersionMin)
        {
            throw new StorageException(
                $"The PostgreSQL server of the database {names.Database} is version {version}, and {ServerVersionMin} or later is needed; "
                + "update the server.");
        }
    }

    private static async Task CheckServerAsync(NpgsqlConnection connection, PostgresFailures names, CancellationToken cancellationToken)
    {
        CheckServer(connection.PostgreSqlVersion, names);
        if (await ScalarAsync(connection, "SHOW server_encoding", cancellationToken) is string encoding && encoding != "UTF8")
        {
            throw new StorageException(
                $"The database {names.Database} keeps texts as {encoding}, and UTF8 is needed; "
                + "create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.");
        }
    }

    private static async Task<(long Number, long ReadableFrom)> ReadVersionAsync(
        NpgsqlConnection connection, PostgresFailures names, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, "SELECT to_regclass('fastvlm.schema_version') IS NOT NULL", cancellationToken) is not true)
        {
            await CreateSchemaAsync(connection, names, cancellationToken);
        }

        await using var command = new NpgsqlCommand("SELECT number, readable_from FROM fastvlm.schema_version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetInt64(1))
            : throw IsForeign(names);
    }

    private static async Task CreateSchemaAsync(NpgsqlConnection connection, PostgresFailures names, CancellationToken cancellationToken)
    {
        // An empty schema may have been made for us by somebody who gives no right to create one.
        if (await ScalarAsync(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = 'fastvlm'", cancellationToken) is 0L)
        {
            await RunAsync(connection, "CREATE SCHEMA fastvlm", cancellationToken);
        }
        else if (await ScalarAsync(
            connection, "SELECT count(*) FROM pg_class WHERE relnamespace = 'fastvlm'::regnamespace", cancellationToken) is not 0L)
        {
            throw IsForeign(names);
        }

        await RunAsync(
            connection,
            """
            CREATE TABLE fastvlm.schema_version (number bigint NOT NULL, readable_from bigint NOT NULL);
            INSERT INTO fastvlm.schema_version (number, readable_from) VALUES (0, 1);
            """,
            cancellationToken);
    }

    private static StorageException IsForeign(PostgresFailures names) => new(
        $"The schema 'fastvlm' of the database {names.Database} is not of this program; choose another database, or rename the schema.");

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task RunAsync(NpgsqlConnection connection, FormattableString sql, CancellationToken cancellationToken) =>
        await RunAsync(connection, sql.ToString(CultureInfo.InvariantCulture), cancellationToken);

    private static async Task RunAsync(NpgsqlConnection connection, string script, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(script, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static IEnumerable<string> ReadScripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }
}
