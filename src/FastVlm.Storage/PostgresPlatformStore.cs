using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Configuration;
using FastVlm.Storage.Postgres;
using FastVlm.Storage.Secrets;
using Microsoft.Extensions.Logging;

namespace FastVlm.Storage;

/// <summary>
/// Everything the platform keeps, in one PostgreSQL database that the machines of a cluster share (docs/storage.md). Each
/// opens it; what one has committed, all see. All ports are safe for concurrent use, and go on by themselves once a server
/// that was down is back.
/// </summary>
public sealed class PostgresPlatformStore : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly JournalWriter _writer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;

    private PostgresPlatformStore(
        PostgresDatabase database, SharedKey key, PostgresStoreOptions options, (TimeProvider Time, ILogger Logger) host)
    {
        _database = database;
        _writer = new JournalWriter(database, host.Time);
        var places = new SecretPlaces(options.SecretsKeyFile);
        Configuration = new PostgresConfigurationStore(
            database, key, places,
            new ConfigurationRows(new SealedJson(key.Box), places, $"the database {database.Failures.Database}", host.Logger));
        Journal = new PostgresJournal(_writer);
        Captions = new PostgresCaptionHistory(database);
        Incidents = new PostgresIncidentLog(database);
        Outbox = new PostgresOutbox(database);
        Fences = new PostgresFences(database);
        Leases = new PostgresLeases(database);
        Retention = new RetentionSweeper(new PostgresSweep.Source(database), options.Retention, host);
        Signals = new PostgresSignals(database, host.Time, host.Logger);
        _loops = [Retention.RunAsync(_stop.Token), Signals.RunAsync(_stop.Token)];
    }

    public IConfigurationStore Configuration { get; }

    public IStageJournal Journal { get; }

    public ICaptionHistory Captions { get; }

    public IIncidentLog Incidents { get; }

    public IOutbox Outbox { get; }

    public ICameraFences Fences { get; }

    public IEndpointLeases Leases { get; }

    /// <summary>Runs by itself while the store is open; one machine at a time sweeps.</summary>
    public RetentionSweeper Retention { get; }

    /// <summary>Listens by itself while the store is open.</summary>
    public PostgresSignals Signals { get; }

    /// <summary>Opens the database, creates what is missing and brings an older one up to date. Machines may do so at once.</summary>
    /// <param name="options">Where it is and how things are kept.</param>
    /// <param name="timeProvider">The clock of the platform; leases and epochs go by the server's.</param>
    /// <param name="logger">Is told of starts, sweeps and lost connections, never of a secret.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <exception cref="StorageException">
    /// The server cannot be reached, is too old or lets us not in, the database is not ours or newer than this program bears,
    /// or the key file is not the one of the database.
    /// </exception>
    public static async Task<PostgresPlatformStore> OpenAsync(
        PostgresStoreOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(logger);
        var database = PostgresDatabase.Of(options);
        try
        {
            SharedKey? key = null;
            var version = await PostgresMigrator.MigrateAsync(
                database,
                async connection => key = await SharedKey.LoadAsync(
                    connection, new SecretPlaces(options.SecretsKeyFile), database.Failures, cancellationToken),
                cancellationToken);
            logger.PostgresOpened(database.Failures.Database, PostgresMigrator.Scripts.Count, version);
            return new PostgresPlatformStore(database, key!, options, (timeProvider, logger));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes what was accepted, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        Retention.Dispose();
        await _writer.DisposeAsync();
        await _database.DisposeAsync();
    }
}
