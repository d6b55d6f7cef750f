using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Secrets;
using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// The key of the secrets where several machines have it as a file each: a known text in the database, sealed with it, tells
/// a machine with another key before it seals anything with that one.
/// </summary>
internal sealed class SharedKey
{
    private const string KnownText = "FastVLM";
    private const string Place = "secret_key";

    private SharedKey(SecretBox box, string mark)
    {
        Box = box;
        Mark = mark;
    }

    public SecretBox Box { get; }

    /// <summary>As it stands in the database as long as this is the key.</summary>
    public string Mark { get; }

    /// <summary>In a transaction during which no other machine starts.</summary>
    /// <exception cref="StorageException">The file is missing or of another database; the sentence says how to go on.</exception>
    public static async Task<SharedKey> LoadAsync(
        NpgsqlConnection connection, SecretPlaces places, PostgresFailures names, CancellationToken cancellationToken)
    {
        var mark = await ReadMarkAsync(connection, cancellationToken);
        var mayReplace = mark is null || File.Exists(places.ForgetSecrets);
        var box = new SecretBox(SecretKeyFile.Load(places.Key, mayCreate: mayReplace));
        if (mark is not null && box.Open(mark, Place) == KnownText)
        {
            return new SharedKey(box, mark);
        }

        if (!mayReplace)
        {
            throw new StorageException(
                $"The key file '{places.Key}' is not the one of the database {names.Database}. Copy it from a machine that works; or go on "
                + $"without the old secrets: stop all machines, create an empty file 'forget-secrets' beside the key file and start one; "
                + "what had secrets is then disabled until they are entered anew.");
        }

        mark = box.Seal(KnownText, Place);
        await using var batch = PostgresDatabase.Batch(
            connection, new Statement("DELETE FROM fastvlm.secret_key"),
            new Statement("INSERT INTO fastvlm.secret_key (sealed) VALUES ($1)", mark));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return new SharedKey(box, mark);
    }

    private static async Task<string?> ReadMarkAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT sealed FROM fastvlm.secret_key", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
