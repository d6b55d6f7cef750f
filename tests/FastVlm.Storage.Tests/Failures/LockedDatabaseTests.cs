using FastVlm.Pipeline.Storage;
using Microsoft.Data.Sqlite;

namespace FastVlm.Storage.Tests.Failures;

public sealed class LockedDatabaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_programs_lock_refuses_writers_not_readers_and_is_forgotten_when_it_ends()
    {
        await using var test = await TestStore.OpenAsync();
        await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), Stop);
        using (var other = new SqliteConnection($"Data Source={test.Database};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction();

            var failure = await Assert.ThrowsAsync<StorageException>(
                () => test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_2")), Stop));

            Assert.Contains("locked by another process for more than 2 s", failure.Message, StringComparison.Ordinal);
            Assert.Contains(test.Database, failure.Message, StringComparison.Ordinal);
            Assert.Single(await test.Store.Captions.FindAsync(new CaptionQuery(), Stop));
        }

        await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_3")), Stop);

        Assert.Equal(["cap_3", "cap_1"], (await test.Store.Captions.FindAsync(new CaptionQuery(), Stop)).Select(c => c.Id.Value));
    }

    [Fact]
    public async Task A_data_directory_is_held_by_one_process_at_a_time()
    {
        await using var test = await TestStore.OpenAsync();

        var failure = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(test.Folder, test));

        Assert.Contains($"'{test.Folder}' is in use by another process", failure.Message, StringComparison.Ordinal);
        await test.CloseAsync();
        await using var second = await OpenAsync(test.Folder, test);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_is_named()
    {
        await using var test = await TestStore.OpenAsync();

        var failure = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(Path.Combine(test.Database, "below"), test));

        Assert.Contains("cannot be created", failure.Message, StringComparison.Ordinal);
    }

    private static Task<SqlitePlatformStore> OpenAsync(string folder, TestStore test) =>
        SqlitePlatformStore.OpenAsync(folder, new StorageOptions(), test.Time, test.Log, Stop);
}
