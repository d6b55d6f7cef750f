using System.Diagnostics;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Sqlite;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Failures;

public sealed class DiskFullTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A file system of 8 MB of its own, so that everything meets its end: database, log, pictures.</summary>
    [Fact]
    public async Task A_full_disk_refuses_with_a_sentence_loses_nothing_and_goes_on_once_there_is_room()
    {
        using var disk = new TempDirectory();
        var isMounted = await RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.FullPath);
        Assert.SkipUnless(isMounted, "Mounting a small disk needs root.");
        try
        {
            var store = await OpenAsync(disk);
            var accepted = new List<int>();
            var failure = await AppendUntilItFailsAsync(store, accepted, 0);
            Assert.Contains("room", failure.Message, StringComparison.Ordinal);

            // The pictures ended first; captions alone fill what is left.
            var next = 10_000;
            failure = await Assert.ThrowsAsync<StorageException>(async () =>
            {
                for (; ; next++)
                {
                    await store.Journal.AppendAsync(Samples.Only(Caption(next)), Stop);
                    accepted.Add(next);
                }
            });
            Assert.Contains("full; free some space", failure.Message, StringComparison.Ordinal);
            Assert.Contains("fastvlm.db", failure.Message, StringComparison.Ordinal);
            await AssertAllThereAsync(store, accepted);

            await store.DisposeAsync();
            await FillAsync(disk.File("ballast"));
            failure = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(disk));
            Assert.Contains("room", failure.Message, StringComparison.Ordinal);

            Assert.True(await RunAsync("mount", "-o", "remount,size=64m", disk.FullPath));
            store = await OpenAsync(disk);
            await store.Journal.AppendAsync(Samples.Opened("inc_after", Caption(99_999), new byte[50_000]), Stop);

            accepted.Add(99_999);
            await AssertAllThereAsync(store, accepted);
            await store.DisposeAsync();
        }
        finally
        {
            await RunAsync("umount", "--lazy", disk.FullPath);
        }
    }

    [Fact]
    public async Task Those_that_still_fit_are_stored_beside_one_that_does_not()
    {
        using var folder = new TempDirectory();
        var path = folder.File("full.db");
        var session = SqlSession.OpenWriter(path);
        Migrator.Migrate(session, path);
        await using var writer = new DatabaseWriter(path, session, () => throw new InvalidOperationException("It is open."));
        var pages = await writer.WriteAsync(t => t.Session.Number("PRAGMA page_count"), Stop);
        await LimitAsync(pages + 4);

        var changes = new[] { 10, 100_000, 20 }.Select(length => writer.WriteAsync(
            t => t.Session.Execute("INSERT INTO name (text) VALUES ($1)", new string('x', length)), Stop)).ToArray();

        await changes[0];
        await changes[2];
        await Assert.ThrowsAsync<StorageException>(() => changes[1]);
        Assert.Equal(2, await CountAsync());
        await LimitAsync(pages + 1000);
        await writer.WriteAsync(t => t.Session.Execute("INSERT INTO name (text) VALUES ($1)", new string('x', 100_000)), Stop);
        Assert.Equal(3, await CountAsync());

        Task LimitAsync(long? count) => writer.WriteAsync(t => t.Session.Execute($"PRAGMA max_page_count = {count}"), Stop);

        Task<long?> CountAsync() => writer.WriteAsync(t => t.Session.Number("SELECT count(*) FROM name"), Stop);
    }

    private static Task<SqlitePlatformStore> OpenAsync(TempDirectory disk) => SqlitePlatformStore.OpenAsync(
        disk.File("data"), new StorageOptions(), TimeProvider.System, new CollectingLogger(), Stop);

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await file.WriteAsync(new byte[1], Stop);
            }
        });
    }

    private static CaptionRecord Caption(int number) => Samples.Caption($"cap_{number}", $"entry {number} {new string('x', 500)}");

    private static async Task<StorageException> AppendUntilItFailsAsync(SqlitePlatformStore store, List<int> accepted, int first) =>
        await Assert.ThrowsAsync<StorageException>(async () =>
        {
            for (var i = first; ; i++)
            {
                await store.Journal.AppendAsync(Samples.Opened($"inc_{i}", Caption(i), new byte[50_000]), Stop);
                accepted.Add(i);
            }
        });

    private static async Task AssertAllThereAsync(SqlitePlatformStore store, List<int> accepted)
    {
        Assert.NotEmpty(accepted);
        foreach (var number in accepted)
        {
            Assert.NotNull(await store.Captions.FindAsync(new CaptionId($"cap_{number}"), Stop));
        }

        var span = new CaptionSpan([new CameraId("cam_1")], DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        Assert.Equal(accepted.Count, await store.Captions.CountAsync(span, Stop));
    }

    internal static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(CancellationToken.None).Within(program);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
