using FastVlm.Pipeline.Configuration;

namespace FastVlm.Storage;

/// <summary>Where the PostgreSQL edition of the store lies and how it keeps things (docs/storage.md).</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>As Npgsql has it: <c>Host=db;Database=fastvlm;Username=fastvlm;Password=…</c>. In no message and no log.</summary>
    public required SecretText ConnectionString { get; init; }

    /// <summary>
    /// The 32 bytes that open the secrets in the database; every machine has the same. Created where it is missing and the
    /// database has never had one.
    /// </summary>
    public required string SecretsKeyFile { get; init; }

    /// <summary>How long what is kept.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>
    /// Connections of this process at most, beside up to three of the store's own (it writes, listens and sweeps). More let
    /// more queries run at once; the server has 100 for all machines unless it was told otherwise.
    /// </summary>
    public int PoolSizeMax { get; init; } = 16;

    /// <summary>How long the server may take for one statement. Longer bears with a slower server, and finds a dead one later.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
