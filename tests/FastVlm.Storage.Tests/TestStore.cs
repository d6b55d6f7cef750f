using FastVlm.TestKit;

namespace FastVlm.Storage.Tests;

/// <summary>A store in a directory of its own, which survives being closed and opened again.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private SqlitePlatformStore? _store;

    public ManualTimeProvider Time { get; } = new();

    public CollectingLogger Log { get; } = new();

    public string Folder => _directory.FullPath;

    public string Database => _directory.File("fastvlm.db");

    public SqlitePlatformStore Store => _store ?? throw new InvalidOperationException("The store is closed.");

    public static async Task<TestStore> OpenAsync(StorageOptions? options = null)
    {
        var test = new TestStore();
        await test.ReopenAsync(options);
        return test;
    }

    public async Task ReopenAsync(StorageOptions? options = null)
    {
        await CloseAsync();
        _store = await SqlitePlatformStore.OpenAsync(
            Folder, options ?? new StorageOptions(), Time, Log, TestContext.Current.CancellationToken);
    }

    public async Task CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _directory.Dispose();
    }
}
