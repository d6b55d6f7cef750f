using System.Globalization;
using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Secrets;
using Microsoft.Extensions.Logging;

namespace FastVlm.Storage.Configuration;

/// <summary>A configuration as rows of JSON with sealed secrets, there and back.</summary>
/// <param name="json">Seals and opens.</param>
/// <param name="places">The key and how to go on without it, for sentences.</param>
/// <param name="database">Names the database in sentences.</param>
/// <param name="logger">Is told what was loaded without its secrets.</param>
internal sealed class ConfigurationRows(SealedJson json, SecretPlaces places, string database, ILogger logger)
{
    public const string Camera = "camera";
    public const string Rule = "rule";
    public const string Endpoint = "endpoint";

    /// <param name="rows">In their order.</param>
    /// <param name="incomplete">Rows whose secrets could not be opened: they are disabled in the result.</param>
    /// <exception cref="StorageException">A row cannot be read, or its secrets do not open and nobody said to go on without.</exception>
    public PlatformConfiguration Read(IReadOnlyList<ConfigurationRow> rows, out IReadOnlyList<ConfigurationRow> incomplete)
    {
        var unreadable = new List<ConfigurationRow>();
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

        incomplete = unreadable;
        return configuration;
    }

    public ConfigurationRow ToRow<TId, TSpec>(string kind, Entry<TId, TSpec> entry)
        where TId : struct, IIdentifier<TId>
    {
        var id = entry.Id.Value;
        return new ConfigurationRow(
            kind, id, entry.Origin, entry.CreatedAt, entry.UpdatedAt, json.Write(entry.Spec, $"{kind}/{id}"));
    }

    private Entry<TId, TSpec>[] Entries<TId, TSpec>(
        IReadOnlyList<ConfigurationRow> rows, string kind, List<ConfigurationRow> unreadable, Func<TSpec, TSpec> disable)
        where TId : struct, IIdentifier<TId>
    {
        return [.. rows.Where(row => row.Kind == kind).Select(ToEntry)];

        Entry<TId, TSpec> ToEntry(ConfigurationRow row)
        {
            var spec = Read<TSpec>(row, out var isComplete);
            if (!isComplete)
            {
                unreadable.Add(row);
                spec = disable(spec);
            }

            return new Entry<TId, TSpec>
            {
                Id = TId.From(row.Id), Spec = spec, Origin = row.Origin, CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt,
            };
        }
    }

    private TSpec Read<TSpec>(ConfigurationRow row, out bool isComplete)
    {
        try
        {
            return json.Read<TSpec>(row.Spec, $"{row.Kind}/{row.Id}", out isComplete);
        }
        catch (JsonException e)
        {
            throw new StorageException(
                $"The {row.Kind} '{row.Id}' in {database} cannot be read ({e.Message.TrimEnd('.')}); start the version that "
                + "saved it, or restore a backup.",
                e);
        }
    }

    private void Refuse(List<ConfigurationRow> unreadable)
    {
        var names = string.Join(", ", unreadable.Take(5).Select(row => $"{row.Kind} '{Name(row)}'"))
            + (unreadable.Count > 5 ? " and more" : "");
        if (!File.Exists(places.ForgetSecrets))
        {
            throw new StorageException(string.Create(
                CultureInfo.InvariantCulture,
                $"The secrets of {unreadable.Count} entries ({names}) do not open with the key '{places.Key}'. ")
                + SecretKeyFile.Remedy(places.Key));
        }

        logger.SecretsForgotten(unreadable.Count, names);
    }

    private static string Name(ConfigurationRow row)
    {
        using var document = JsonDocument.Parse(row.Spec);
        return document.RootElement.TryGetProperty("name", out var name) ? name.GetString() ?? row.Id : row.Id;
    }
}
