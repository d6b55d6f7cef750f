using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests;

/// <summary>The stores that make the same promises.</summary>
public enum Edition
{
    Sqlite,
    Postgres,
}

/// <summary>What both editions have.</summary>
internal sealed record StorePorts(
    IConfigurationStore Configuration, IStageJournal Journal, ICaptionHistory Captions, IIncidentLog Incidents, IOutbox Outbox,
    RetentionSweeper Retention);

/// <summary>A store in a directory, or a database, of its own, which survives being closed and opened again.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync());

    private readonly TempDirectory _directory = new();
    private readonly string? _connectionString;
    private IAsyncDisposable? _open;
    private StorePorts? _store;

    private TestStore(string? connectionString)
    {
        _connectionString = connectionString;
    }

    public ManualTimeProvider Time { get; } = new();

    public CollectingLogger Log { get; } = new();

    public string Folder => _directory.FullPath;

    /// <summary>The file of SQLite.</summary>
    public string Database => _directory.File("fastvlm.db");

    public string KeyFile => _directory.File("secrets.key");

    /// <summary>Of PostgreSQL.</summary>
    public string ConnectionString => _connectionString ?? throw new InvalidOperationException("The store is of SQLite.");

    public StorePorts Store => _store ?? throw new InvalidOperationException("The store is closed.");

    public PostgresPlatformStore Postgres =>
        _open as PostgresPlatformStore ?? throw new InvalidOperationException("The store is of SQLite, or closed.");

    public static async Task<TestStore> OpenAsync(Edition edition = Edition.Sqlite, RetentionOptions? retention = null)
    {
        var test = new TestStore(edition == Edition.Postgres ? await CreateDatabaseAsync() : null);
        try
        {
            await test.ReopenAsync(retention);
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    /// <summary>In a database that is there already, as a second machine has it.</summary>
    public static async Task<TestStore> JoinAsync(string connectionString, string? keyFile = null)
    {
        var test = new TestStore(connectionString);
        if (keyFile is not null)
        {
            File.Copy(keyFile, test.KeyFile);
        }

        try
        {
            await test.ReopenAsync();
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    public Task<TestStore> JoinAsync() => JoinAsync(ConnectionString, KeyFile);

    /// <summary>The server that all tests share: who stops it has one of its own.</summary>
    public static async Task<PostgresServer> ServerAsync()
    {
        SkipWithoutPostgres();
        return await Server.Value.Within("the PostgreSQL server");
    }

    public static void SkipWithoutPostgres() => Assert.SkipWhen(PostgresServer.WhyNot is not null, PostgresServer.WhyNot ?? "");

    public static async Task<string> CreateDatabaseAsync() => await (await ServerAsync()).CreateDatabaseAsync();

    public async Task ReopenAsync(RetentionOptions? retention = null)
    {
        await CloseAsync();
        var stop = TestContext.Current.CancellationToken;
        if (_connectionString is null)
        {
            var store = await SqlitePlatformStore.OpenAsync(
                Folder, new StorageOptions { Retention = retention ?? new RetentionOptions() }, Time, Log, stop);
            _open = store;
            _store = new StorePorts(store.Configuration, store.Journal, store.Captions, store.Incidents, store.Outbox, store.Retention);
        }
        else
        {
            var store = await PostgresPlatformStore.OpenAsync(PostgresOptions(retention), Time, Log, stop);
            _open = store;
            _store = new StorePorts(store.Configuration, store.Journal, store.Captions, store.Incidents, store.Outbox, store.Retention);
        }
    }

    public PostgresStoreOptions PostgresOptions(RetentionOptions? retention = null) => new()
    {
        ConnectionString = new SecretText(ConnectionString),
        SecretsKeyFile = KeyFile,
        Retention = retention ?? new RetentionOptions(),
        PoolSizeMax = 8,
    };

    /// <summary>The files of SQLite's pictures.</summary>
    public string[] PictureFiles() => Directory.GetFiles(_directory.File("evidence"), "*.jpg", SearchOption.AllDirectories);

    /// <summary>Pictures that take up space, whatever the store says of them.</summary>
    public async Task<long> CountPicturesAsync() => _connectionString is null
        ? PictureFiles().Length
        : await PostgresServer.ScalarAsync<long>(_connectionString, "SELECT count(*) FROM fastvlm.picture");

    public async Task CloseAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
            (_open, _store) = (null, null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _directory.Dispose();
    }
}
