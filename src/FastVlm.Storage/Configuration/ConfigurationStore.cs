using System.Globalization;
using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Secrets;
using FastVlm.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace FastVlm.Storage.Configuration;

/// <summary>Keeps cameras, rules and endpoints as rows of JSON with sealed secrets.</summary>
internal sealed class ConfigurationStore(
    DatabaseWriter writer, ReaderPool readers, DataDirectory directory, SealedJson json, ILogger logger) : IConfigurationStore
{
    private const string Camera = "camera";
    private const string Rule = "rule";
    private const string Endpoint = "endpoint";

    // One process holds a data directory: nobody else changes what it has loaded.
    private const long OnlyVersion = 0;

    public async Task<StoredConfiguration> LoadAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ReadAsync(
            session => session.Query("SELECT kind, id, origin, created_at, updated_at, spec FROM entry ORDER BY position", ReadRow),
            cancellationToken);
        var unreadable = new List<string>();
        var configuration = new PlatformConfiguration
        {
            Cameras = Entries<CameraId, CameraSpec>(rows, Camera, unreadable, spec => spec with { Enabled = false }),
            Rules = Entries<RuleId, RuleSpec>(rows, Rule, unreadable, spec => spec with { Enabled = false }),
            Endpoints = Entries<EndpointId, EndpointSpec>(rows, Endpoint, unreadable, spec => spec with { Enabled = false }),
        };
        if (unreadable.Count > 0)
        {
            Refuse(unreadable);
        }

        return new StoredConfiguration(configuration, OnlyVersion);
    }

    public async Task<long?> SaveAsync(PlatformConfiguration configuration, long replaces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Row[] rows =
        [
            .. configuration.Cameras.Select(entry => ToRow(Camera, entry)),
            .. configuration.Rules.Select(entry => ToRow(Rule, entry)),
            .. configuration.Endpoints.Select(entry => ToRow(Endpoint, entry)),
        ];
        await writer.WriteAsync(transaction => Replace(transaction.Session, rows), cancellationToken);

        // From here on all stored secrets open with the present key.
        File.Delete(directory.ForgetSecrets);
        return OnlyVersion;
    }

    private static int Replace(SqlSession session, IReadOnlyList<Row> rows)
    {
        session.Execute("DELETE FROM entry");
        for (var i = 0; i < rows.Count; i++)
        {
            session.Execute(
                "INSERT INTO entry (kind, id, position, origin, created_at, updated_at, spec) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                rows[i].Kind, rows[i].Id, i, rows[i].Origin.ToColumn(), rows[i].CreatedAt.ToTicks(), rows[i].UpdatedAt.ToTicks(),
                rows[i].Spec);
        }

        return rows.Count;
    }

    private static Row ReadRow(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), StoredEnum.FromColumn<EntryOrigin>(row.GetString(2)), row.Time(3), row.Time(4),
        row.GetString(5));

    private Row ToRow<TId, TSpec>(string kind, Entry<TId, TSpec> entry)
        where TId : struct, IIdentifier<TId>
    {
        var id = entry.Id.Value;
        return new Row(kind, id, entry.Origin, entry.CreatedAt, entry.UpdatedAt, json.Write(entry.Spec, $"{kind}/{id}"));
    }

    private Entry<TId, TSpec>[] Entries<TId, TSpec>(
        List<Row> rows, string kind, List<string> unreadable, Func<TSpec, TSpec> disable)
        where TId : struct, IIdentifier<TId>
    {
        return [.. rows.Where(row => row.Kind == kind).Select(ToEntry)];

        Entry<TId, TSpec> ToEntry(Row row)
        {
            var spec = Read<TSpec>(row, out var isComplete);
            if (!isComplete)
            {
                unreadable.Add($"{kind} '{Name(row)}'");
                spec = disable(spec);
            }

            return new Entry<TId, TSpec>
            {
                Id = TId.From(row.Id), Spec = spec, Origin = row.Origin, CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt,
            };
        }
    }

    private TSpec Read<TSpec>(Row row, out bool isComplete)
    {
        try
        {
            return json.Read<TSpec>(row.Spec, $"{row.Kind}/{row.Id}", out isComplete);
        }
        catch (JsonException e)
        {
            throw new StorageException(
                $"The {row.Kind} '{row.Id}' in '{directory.Database}' cannot be read ({e.Message.TrimEnd('.')}); start the version that "
                + "saved it, or restore a backup.",
                e);
        }
    }

    private void Refuse(List<string> unreadable)
    {
        var names = string.Join(", ", unreadable.Take(5)) + (unreadable.Count > 5 ? " and more" : "");
        if (!File.Exists(directory.ForgetSecrets))
        {
            throw new StorageException(string.Create(
                CultureInfo.InvariantCulture,
                $"The secrets of {unreadable.Count} entries ({names}) do not open with the key '{directory.Key}'. ")
                + SecretKeyFile.Remedy(directory.Key));
        }

        logger.SecretsForgotten(unreadable.Count, names);
    }

    private static string Name(Row row)
    {
        using var document = JsonDocument.Parse(row.Spec);
        return document.RootElement.TryGetProperty("name", out var name) ? name.GetString() ?? row.Id : row.Id;
    }

    private sealed record Row(
        string Kind, string Id, EntryOrigin Origin, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string Spec);
}
