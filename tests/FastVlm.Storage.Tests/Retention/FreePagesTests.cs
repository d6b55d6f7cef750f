using FastVlm.Storage.Incidents;
using FastVlm.Storage.Retention;
using FastVlm.Storage.Sqlite;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Retention;

public sealed class FreePagesTests
{
    private const int Kept = 50;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Free_pages_beyond_those_kept_go_back_to_the_disk_a_few_at_a_time()
    {
        using var folder = new TempDirectory();
        var path = folder.File("pages.db");
        var session = SqlSession.OpenWriter(path);
        Migrator.Migrate(session, path);
        await using var writer = new DatabaseWriter(path, session, () => throw new InvalidOperationException("It is open."));
        await using var readers = new ReaderPool(path);
        var batches = new SweepBatches(writer, readers, new EvidenceFiles(folder.File("evidence")));
        await writer.WriteAsync(t => t.Session.Execute("INSERT INTO name (text) VALUES ($1)", new string('x', 2_000_000)), Stop);
        await writer.WriteAsync(t => t.Session.Execute("DELETE FROM name"), Stop);
        Assert.InRange(await NumberAsync("PRAGMA freelist_count"), 900, 1100);

        var given = new List<long>();
        while (await batches.PagesAsync(Kept, Stop) is { Pages: > 0 } removed)
        {
            given.Add(removed.Pages);
        }

        Assert.InRange(given.Count, 4, 6);
        Assert.All(given, count => Assert.InRange(count, 1, StorageLimits.VacuumPages));
        Assert.InRange(await NumberAsync("PRAGMA freelist_count"), 0, Kept);
        Assert.InRange(await NumberAsync("PRAGMA page_count"), 1, 200);

        async Task<long> NumberAsync(string sql) => await writer.WriteAsync(t => t.Session.Number(sql), Stop) ?? -1;
    }
}
