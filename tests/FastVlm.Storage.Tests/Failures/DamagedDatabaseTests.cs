using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FastVlm.Storage.Tests.Failures;

public sealed class DamagedDatabaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_kept()
    {
        await using var test = await TestStore.OpenAsync();
        await test.CloseAsync();
        var garbage = new byte[20_000];
        new Random(1).NextBytes(garbage);
        await File.WriteAllBytesAsync(test.Database, garbage, Stop);

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.ReopenAsync());

        AssertTellsHowToGoOn(failure, test);
        Assert.Equal(garbage, await File.ReadAllBytesAsync(test.Database, Stop));
    }

    [Fact]
    public async Task Damage_that_a_crash_left_is_found_at_the_next_start()
    {
        await using var test = await TestStore.OpenAsync();
        await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1", new string('x', 100_000))), Stop);
        await test.CloseAsync();
        await DamageAsync(test.Database);
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "fastvlm.lock"), "open", Stop);

        var failure = await Assert.ThrowsAsync<StorageException>(() => test.ReopenAsync());

        AssertTellsHowToGoOn(failure, test);
    }

    [Fact]
    public async Task A_clean_end_is_not_followed_by_a_check()
    {
        await using var test = await TestStore.OpenAsync();

        await test.ReopenAsync();

        Assert.DoesNotContain(test.Log.Lines.Items, line => line.Contains("checked", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(raw.SQLITE_FULL, "free some space")]
    [InlineData(raw.SQLITE_BUSY, "end the program that has it open")]
    [InlineData(raw.SQLITE_LOCKED, "end the program that has it open")]
    [InlineData(raw.SQLITE_READONLY, "give this user the right")]
    [InlineData(raw.SQLITE_CANTOPEN, "its folder exists")]
    [InlineData(raw.SQLITE_CORRUPT, "move 'fastvlm.db'")]
    [InlineData(raw.SQLITE_NOTADB, "move 'fastvlm.db'")]
    [InlineData(raw.SQLITE_IOERR, "faults of the disk")]
    public void Every_failure_of_the_store_names_the_file_and_a_remedy_in_one_sentence(int code, string remedy)
    {
        var failure = new SqliteException("any", code);

        var message = StoreFailures.ToStorageException(failure, "/data/fastvlm.db").Message;

        Assert.True(StoreFailures.IsOfTheStore(failure));
        Assert.Contains("'/data/fastvlm.db'", message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_missing_too_old_or_without_search_is_named_with_its_package()
    {
        AssertNamesPackage(Assert.Throws<FailureException>(() => SqliteLibrary.Load(["libnosuchsqlite.so.0"])));
        AssertNamesPackage(Assert.Throws<FailureException>(() => SqliteLibrary.Check("3.30.1", hasFullText: true)));
        AssertNamesPackage(Assert.Throws<FailureException>(() => SqliteLibrary.Check("3.40.1", hasFullText: false)));
        SqliteLibrary.Check("3.40.1", hasFullText: true);
    }

    private static void AssertNamesPackage(FailureException failure)
    {
        Assert.Equal(FailureKind.ToolMissing, failure.Kind);
        Assert.Contains("libsqlite3-0", failure.Message, StringComparison.Ordinal);
    }

    private static void AssertTellsHowToGoOn(StorageException failure, TestStore test)
    {
        Assert.Contains($"'{test.Database}' is damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains("restore a backup", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Overwrites pages behind the schema, in every other page.</summary>
    private static async Task DamageAsync(string database)
    {
        var bytes = await File.ReadAllBytesAsync(database, Stop);
        for (var page = 10; page < bytes.Length / 4096; page += 2)
        {
            bytes.AsSpan(page * 4096, 4096).Fill(0xEE);
        }

        await File.WriteAllBytesAsync(database, bytes, Stop);
    }
}
