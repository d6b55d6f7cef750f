using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Captions;
using FastVlm.Storage.Configuration;
using FastVlm.Storage.Incidents;
using FastVlm.Storage.Journal;
using FastVlm.Storage.Outbox;
using FastVlm.Storage.Retention;
using FastVlm.Storage.Secrets;
using FastVlm.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace FastVlm.Storage;

/// <summary>
/// Everything the platform keeps, in one data directory (docs/storage.md): one SQLite database, the evidence pictures and
/// the key of the secrets. One process holds a data directory at a time. All ports are safe for concurrent use.
/// </summary>
public sealed class SqlitePlatformStore : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly DatabaseWriter _writer;
    private readonly ReaderPool _readers;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sweeping;

    private SqlitePlatformStore(
        DataDirectory directory, DatabaseWriter writer, SealedJson json, RetentionOptions retention,
        (TimeProvider Time, ILogger Logger) host)
    {
        _directory = directory;
        _writer = writer;
        _readers = new ReaderPool(directory.Database);
        var files = new EvidenceFiles(directory.Evidence);
        var secrets = new SecretPlaces(directory.Key);
        Configuration = new ConfigurationStore(
            writer, _readers, secrets, new ConfigurationRows(json, secrets, $"'{directory.Database}'", host.Logger));
        Journal = new StageJournal(writer, files, host.Time);
        Captions = new CaptionHistory(_readers);
        Incidents = new IncidentLog(_readers, files);
        Outbox = new DeliveryOutbox(writer, _readers);
        Retention = new RetentionSweeper(new SqliteSweepSource(writer, _readers, files), retention, host);
        _sweeping = Retention.RunAsync(_stop.Token);
    }

    public IConfigurationStore Configuration { get; }

    public IStageJournal Journal { get; }

    public ICaptionHistory Captions { get; }

    public IIncidentLog Incidents { get; }

    public IOutbox Outbox { get; }

    /// <summary>Runs by itself while the store is open.</summary>
    public RetentionSweeper Retention { get; }

    /// <summary>Opens the data directory, creates what is missing and brings an older database up to date.</summary>
    /// <param name="dataDirectory">Created where it is missing, for this user alone.</param>
    /// <param name="options">How things are kept.</param>
    /// <param name="timeProvider">The clock of the platform.</param>
    /// <param name="logger">Is told of starts and sweeps, never of a secret.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <exception cref="StorageException">
    /// The directory is in use or not writable, or the database is damaged, locked, newer than this program or not ours.
    /// </exception>
    /// <exception cref="FailureException"><see cref="FailureKind.ToolMissing"/>: the system has no usable SQLite library.</exception>
    public static Task<SqlitePlatformStore> OpenAsync(
        string dataDirectory, StorageOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken) =>
        Task.Run(() => Open(dataDirectory, options, timeProvider, logger), cancellationToken);

    /// <summary>Writes what was accepted, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        Retention.Dispose();
        await _writer.DisposeAsync();
        await _readers.DisposeAsync();
        _directory.Dispose();
    }

    private static SqlitePlatformStore Open(string dataDirectory, StorageOptions options, TimeProvider timeProvider, ILogger logger)
    {
        var directory = DataDirectory.Take(dataDirectory);
        SqlSession? session = null;
        try
        {
            if (directory.EndedUncleanly)
            {
                DatabaseCheck.Run(directory.Database, timeProvider, logger);
            }

            session = OpenWriter();
            var version = Migrator.Migrate(session, directory.Database);
            var holdsSecrets = session.Number("SELECT count(*) FROM entry WHERE spec LIKE '%\"sealed\"%'") > 0;
            var forgets = File.Exists(new SecretPlaces(directory.Key).ForgetSecrets);
            var key = SecretKeyFile.Load(directory.Key, mayCreate: !holdsSecrets || forgets);
            logger.DatabaseOpened(directory.Database, Migrator.Scripts.Count, version);
            var writer = new DatabaseWriter(directory.Database, session, OpenWriter);
            var json = new SealedJson(new SecretBox(key));
            return new SqlitePlatformStore(directory, writer, json, options.Retention, (timeProvider, logger));
        }
        catch (Exception e)
        {
            session?.Dispose();
            directory.Abandon();
            if (e is SqliteException failure)
            {
                throw StoreFailures.ToStorageException(failure, directory.Database);
            }

            throw;
        }

        SqlSession OpenWriter() => SqlSession.OpenWriter(directory.Database, options.SurvivesPowerLoss);
    }
}
