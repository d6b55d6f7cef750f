using System.Data.Common;
using System.Globalization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Configuration;
using FastVlm.Storage.Secrets;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Keeps cameras, rules and endpoints, with a version that tells who was first. Remembers what it loaded or saved last, so that
/// only what differs is written.
/// </summary>
internal sealed class PostgresConfigurationStore(
    PostgresDatabase database, SharedKey key, SecretPlaces places, ConfigurationRows rows) : IConfigurationStore
{
    public const string Channel = "fastvlm_configuration";

    private volatile Known? _known;

    public async Task<StoredConfiguration> LoadAsync(CancellationToken cancellationToken)
    {
        // One statement, so that version and rows are of one moment.
        var stored = await database.QueryAsync(
            new Statement("""
                SELECT c.version, e.position, e.kind, e.id, e.origin, e.created_at, e.updated_at, e.spec
                FROM fastvlm.configuration c LEFT JOIN fastvlm.entry e ON TRUE ORDER BY e.position
                """),
            row => (Version: row.GetInt64(0), Position: row.NumberOrNull(1) ?? 0, Row: row.IsDBNull(1) ? null : ReadRow(row)),
            cancellationToken);
        var version = stored[0].Version;
        var configuration = rows.Read([.. stored.Select(s => s.Row).OfType<ConfigurationRow>()], out var incomplete);

        // What lost its secrets is to be written anew, whatever it says then.
        var positions = stored.Where(s => s.Row is not null && !incomplete.Contains(s.Row))
            .ToDictionary(s => (s.Row!.Kind, s.Row.Id), s => s.Position);
        _known = new Known(
            version,
            Items(configuration).Where(i => positions.ContainsKey(i.Name)).ToDictionary(i => i.Name, i => (i.Entry, positions[i.Name])));
        return new StoredConfiguration(configuration, version);
    }

    public async Task<long?> SaveAsync(PlatformConfiguration configuration, long replaces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (statements, entries) = Changes(configuration, _known is { } known && known.Version == replaces ? known : null);
        var version = replaces + 1;
        var isWriting = false;
        var isSaved = await database.RunAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                if (!await IsVersionAsync(connection, replaces, cancellationToken))
                {
                    return false;
                }

                isWriting = true;
                await WriteAsync(connection, version, statements, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return true;
            },
            cancellationToken,

            // Done again after a commit whose answer was lost, it would find its own version and take it for another's.
            mayRepeat: () => !isWriting);
        if (!isSaved)
        {
            return null;
        }

        _known = new Known(version, entries);

        // From here on all stored secrets open with the present key.
        File.Delete(places.ForgetSecrets);
        return version;
    }

    private static IEnumerable<Item> ItemsOf<TId, TSpec>(
        string kind, IEnumerable<Entry<TId, TSpec>> entries, Func<string, Entry<TId, TSpec>, ConfigurationRow> toRow)
        where TId : struct, IIdentifier<TId> =>
        entries.Select(entry => new Item((kind, entry.Id.Value), entry, () => toRow(kind, entry)));

    private static ConfigurationRow ReadRow(DbDataReader row) => new(
        row.GetString(2), row.GetString(3), StoredEnum.FromColumn<EntryOrigin>(row.GetString(4)), row.Time(5), row.Time(6),
        row.GetString(7));

    private IEnumerable<Item> Items(PlatformConfiguration configuration) =>
    [
        .. ItemsOf(ConfigurationRows.Camera, configuration.Cameras, rows.ToRow),
        .. ItemsOf(ConfigurationRows.Rule, configuration.Rules, rows.ToRow),
        .. ItemsOf(ConfigurationRows.Endpoint, configuration.Endpoints, rows.ToRow),
    ];

    /// <returns>What brings the stored rows to the configuration, and what is stored after it.</returns>
    private (List<Statement> Statements, Dictionary<(string Kind, string Id), (object Entry, long Position)> Entries) Changes(
        PlatformConfiguration configuration, Known? before)
    {
        var after = new Dictionary<(string Kind, string Id), (object Entry, long Position)>();
        var written = new List<(ConfigurationRow Row, long Position)>();
        var lastOfKind = new Dictionary<string, long>();
        foreach (var item in Items(configuration))
        {
            // Positions only have to rise: who keeps its place among the others keeps its number.
            var known = before?.Entries.GetValueOrDefault(item.Name) ?? default;
            var isKnown = known.Entry is not null;
            var last = lastOfKind.GetValueOrDefault(item.Name.Kind);
            last = isKnown && known.Position > last ? known.Position : last + 1;
            lastOfKind[item.Name.Kind] = last;
            after[item.Name] = (item.Entry, last);
            if (!isKnown || known.Position != last || !item.Entry.Equals(known.Entry))
            {
                written.Add((item.ToRow(), last));
            }
        }

        string[] kinds = [.. after.Keys.Select(name => name.Kind)];
        string[] ids = [.. after.Keys.Select(name => name.Id)];
        var gone = before?.Entries.Keys.Where(name => !after.ContainsKey(name)).ToArray();
        var statements = new List<Statement>
        {
            gone is null
                ? new Statement(
                    "DELETE FROM fastvlm.entry WHERE (kind, id) NOT IN (SELECT * FROM unnest($1::text[], $2::text[]))", kinds, ids)
                : new Statement(
                    "DELETE FROM fastvlm.entry WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
                    gone.Select(name => name.Kind).ToArray(), gone.Select(name => name.Id).ToArray()),
            Upsert(written),
        };
        return (statements, after);
    }

    private static Statement Upsert(List<(ConfigurationRow Row, long Position)> written) => new(
        """
        INSERT INTO fastvlm.entry (kind, id, position, origin, created_at, updated_at, spec)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])
        ON CONFLICT (kind, id) DO UPDATE SET
          position = excluded.position, origin = excluded.origin, created_at = excluded.created_at, updated_at = excluded.updated_at,
          spec = excluded.spec
        """,
        written.Select(w => w.Row.Kind).ToArray(), written.Select(w => w.Row.Id).ToArray(), written.Select(w => w.Position).ToArray(),
        written.Select(w => w.Row.Origin.ToColumn()).ToArray(), written.Select(w => w.Row.CreatedAt.ToTicks()).ToArray(),
        written.Select(w => w.Row.UpdatedAt.ToTicks()).ToArray(), written.Select(w => w.Row.Spec).ToArray());

    /// <summary>Waits for who saves at this moment, and then sees what that one left.</summary>
    private async Task<bool> IsVersionAsync(NpgsqlConnection connection, long version, CancellationToken cancellationToken)
    {
        await using var batch = PostgresDatabase.Batch(
            connection,
            new Statement(
                "SELECT c.version = $1, k.sealed FROM fastvlm.configuration c, fastvlm.secret_key k FOR UPDATE", version));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.GetString(1) != key.Mark)
        {
            throw new StorageException(
                $"The key of the secrets in the database {database.Failures.Database} was replaced since this machine was started; "
                + $"copy the new key to '{places.Key}' and start it again.");
        }

        return reader.GetBoolean(0);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, long version, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        await using var batch = PostgresDatabase.Batch(
            connection,
            [
                .. statements,
                new Statement("UPDATE fastvlm.configuration SET version = $1", version),
                new Statement($"SELECT pg_notify('{Channel}', $1)", version.ToString(CultureInfo.InvariantCulture)),
            ]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Item((string Kind, string Id) Name, object Entry, Func<ConfigurationRow> ToRow);

    private sealed record Known(long Version, Dictionary<(string Kind, string Id), (object Entry, long Position)> Entries);
}
