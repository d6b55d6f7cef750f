using System.Data.Common;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Secrets;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Configuration;

/// <summary>Keeps cameras, rules and endpoints.</summary>
internal sealed class ConfigurationStore(
    DatabaseWriter writer, ReaderPool readers, SecretPlaces places, ConfigurationRows rows) : IConfigurationStore
{
    // One process holds a data directory: nobody else changes what it has loaded.
    private const long OnlyVersion = 0;

    public async Task<StoredConfiguration> LoadAsync(CancellationToken cancellationToken)
    {
        var stored = await readers.ReadAsync(
            session => session.Query("SELECT kind, id, origin, created_at, updated_at, spec FROM entry ORDER BY position", ReadRow),
            cancellationToken);
        return new StoredConfiguration(rows.Read(stored, out _), OnlyVersion);
    }

    public async Task<long?> SaveAsync(PlatformConfiguration configuration, long replaces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ConfigurationRow[] next =
        [
            .. configuration.Cameras.Select(entry => rows.ToRow(ConfigurationRows.Camera, entry)),
            .. configuration.Rules.Select(entry => rows.ToRow(ConfigurationRows.Rule, entry)),
            .. configuration.Endpoints.Select(entry => rows.ToRow(ConfigurationRows.Endpoint, entry)),
        ];
        await writer.WriteAsync(transaction => Replace(transaction.Session, next), cancellationToken);

        // From here on all stored secrets open with the present key.
        File.Delete(places.ForgetSecrets);
        return OnlyVersion;
    }

    private static int Replace(SqlSession session, ConfigurationRow[] next)
    {
        session.Execute("DELETE FROM entry");
        for (var i = 0; i < next.Length; i++)
        {
            session.Execute(
                "INSERT INTO entry (kind, id, position, origin, created_at, updated_at, spec) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                next[i].Kind, next[i].Id, i, next[i].Origin.ToColumn(), next[i].CreatedAt.ToTicks(), next[i].UpdatedAt.ToTicks(),
                next[i].Spec);
        }

        return next.Length;
    }

    private static ConfigurationRow ReadRow(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), StoredEnum.FromColumn<EntryOrigin>(row.GetString(2)), row.Time(3), row.Time(4),
        row.GetString(5));
}
