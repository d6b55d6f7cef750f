using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Tests.Failures;
using FastVlm.TestKit;
using Npgsql;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class PostgresDiskFullTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A database on a file system of its own, so that its tables meet the end while the server goes on.</summary>
    [Fact]
    public async Task A_full_disk_refuses_with_a_sentence_loses_nothing_and_goes_on_once_there_is_room()
    {
        var server = await TestStore.ServerAsync();
        using var disk = new TempDirectory();
        var isMounted = await DiskFullTests.RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk.FullPath);
        Assert.SkipUnless(isMounted, "Mounting a small disk needs root.");
        try
        {
            Assert.True(await DiskFullTests.RunAsync("chown", "postgres", disk.FullPath));
            await server.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{disk.FullPath}'");
            var database = await server.CreateDatabaseAsync("TABLESPACE small");
            await FillAndGoOnAsync(database, () => DiskFullTests.RunAsync("mount", "-o", "remount,size=64m", disk.FullPath));
            await server.ExecuteAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(database).Database} WITH (FORCE)");
            await server.ExecuteAsync("DROP TABLESPACE small");
        }
        finally
        {
            await DiskFullTests.RunAsync("umount", "--lazy", disk.FullPath);
        }
    }

    private static async Task FillAndGoOnAsync(string database, Func<Task<bool>> giveRoomAsync)
    {
        await using var test = await TestStore.JoinAsync(database);
        var picture = new byte[50_000];
        new Random(1).NextBytes(picture);
        var accepted = 0;
        var failure = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            for (; ; accepted++)
            {
                await AppendAsync(accepted);
            }
        });
        Assert.Contains("is full; free some space there, and storing goes on by itself", failure.Message, StringComparison.Ordinal);

        Assert.True(await giveRoomAsync());
        await AppendAsync(accepted);

        Assert.InRange(accepted, 10, 1000);
        for (var i = 0; i <= accepted; i++)
        {
            Assert.Equal(picture, await test.Store.Incidents.ReadPictureAsync(new IncidentId($"inc_{i}"), 0, Stop));
        }

        Task AppendAsync(int i) => test.Store.Journal.AppendAsync(Samples.Opened($"inc_{i}", Samples.Caption($"cap_{i}"), picture), Stop);
    }
}
