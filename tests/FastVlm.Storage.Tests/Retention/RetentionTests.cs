using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Postgres;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Retention;

public sealed class RetentionTests() : RetentionPromises(Edition.Sqlite)
{
    [Fact]
    public async Task Files_that_a_crash_left_go_once_they_are_old_enough()
    {
        await using var test = await TestStore.OpenAsync();
        await OpenedAsync(test, "inc_1");
        var folder = Path.GetDirectoryName(test.PictureFiles()[0])!;
        var (old, young) = (Path.Combine(folder, "inc_old-0.jpg"), Path.Combine(folder, "inc_young-0.jpg"));
        await File.WriteAllTextAsync(old, "old", Stop);
        await File.WriteAllTextAsync(young, "young", Stop);
        Array.ForEach(test.PictureFiles(), file => File.SetLastWriteTimeUtc(file, test.Time.GetUtcNow().AddHours(-2).UtcDateTime));
        File.SetLastWriteTimeUtc(young, test.Time.GetUtcNow().AddMinutes(-1).UtcDateTime);

        await test.Store.Retention.SweepOrphansAsync(Stop);

        Assert.Equal(1, test.Store.Retention.Removed.OrphanedFiles);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.NotNull(await PictureAsync(test, "inc_1"));
    }
}

public sealed class PostgresRetentionTests() : RetentionPromises(Edition.Postgres)
{
    [Fact]
    public async Task One_machine_at_a_time_sweeps()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();
        await AppendAsync(test, Samples.Only(Samples.Caption("cap_1", at: test.Time.GetUtcNow().AddDays(-8))));
        await using var database = PostgresDatabase.Of(other.PostgresOptions());
        await using (var sweep = await new PostgresSweep.Source(database).BeginAsync(Stop))
        {
            Assert.NotNull(sweep);

            await test.Store.Retention.SweepAsync(Stop);

            Assert.Equal(0, test.Store.Retention.Removed.Captions);
        }

        await test.Store.Retention.SweepAsync(Stop);
        Assert.Equal(1, test.Store.Retention.Removed.Captions);
    }
}

/// <summary>What both stores promise.</summary>
public abstract class RetentionPromises(Edition edition)
{
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_captions_go_from_history_and_search()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var now = test.Time.GetUtcNow();
        for (var day = 0; day < 14; day++)
        {
            await AppendAsync(test, Samples.Only(Samples.Caption($"cap_{day.Number()}", "a part", at: now.AddDays(-day))));
        }

        await test.Store.Retention.SweepAsync(Stop);

        string[] kept = [.. Enumerable.Range(0, 8).Select(day => $"cap_{day.Number()}")];
        Assert.Equal(6, test.Store.Retention.Removed.Captions);
        Assert.Equal(kept, (await test.Store.Captions.FindAsync(new CaptionQuery(), Stop)).Select(c => c.Id.Value));
        Assert.Equal(kept, (await test.Store.Captions.FindAsync(new CaptionQuery { Text = "part" }, Stop)).Select(c => c.Id.Value));
        Assert.Contains(test.Log.Lines.Items, line => line.Contains("Swept 6 captions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_captions_than_the_limit_go_oldest_first()
    {
        await using var test = await TestStore.OpenAsync(edition, new RetentionOptions { CaptionsMax = 250 });
        var now = test.Time.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 700).Select(
            i => AppendAsync(test, Samples.Only(Samples.Caption($"cap_{i.Number()}", "a part", at: now.AddSeconds(-i))))));

        await test.Store.Retention.SweepAsync(Stop);

        Assert.Equal(450, test.Store.Retention.Removed.Captions);
        var found = await test.Store.Captions.FindAsync(new CaptionQuery { Text = "part", Limit = 1000 }, Stop);
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"cap_{i.Number()}"), found.Select(c => c.Id.Value));
    }

    [Fact]
    public async Task Old_pictures_go_with_their_files_but_not_those_of_open_incidents()
    {
        await using var test = await TestStore.OpenAsync(edition);
        await OpenedAsync(test, "inc_open");
        await OpenedAsync(test, "inc_cleared");
        await ClearAsync(test, "inc_cleared");
        test.Time.Advance(TimeSpan.FromDays(31));
        await OpenedAsync(test, "inc_new");

        await test.Store.Retention.SweepAsync(Stop);

        Assert.Equal(2, test.Store.Retention.Removed.Pictures);
        Assert.Null(await PictureAsync(test, "inc_cleared"));
        Assert.NotNull(await test.Store.Incidents.FindEvidenceAsync(new IncidentId("inc_cleared"), Stop));
        Assert.NotNull(await PictureAsync(test, "inc_open"));
        Assert.NotNull(await PictureAsync(test, "inc_new"));
        Assert.Equal(4, await test.CountPicturesAsync());
    }

    [Fact]
    public async Task Pictures_beyond_the_size_cap_go_oldest_first()
    {
        var retention = new RetentionOptions { PictureBytesMax = 5000 };
        await using var test = await TestStore.OpenAsync(edition, retention);
        for (var i = 0; i < 5; i++)
        {
            await OpenedAsync(test, $"inc_{i}");
            await ClearAsync(test, $"inc_{i}");
            test.Time.Advance(TimeSpan.FromSeconds(1));
        }

        // Each incident has two pictures of 1000 bytes.
        await test.Store.Retention.SweepAsync(Stop);

        Assert.Equal(5, test.Store.Retention.Removed.Pictures);
        Assert.Null(await PictureAsync(test, "inc_1"));
        Assert.NotNull(await PictureAsync(test, "inc_3"));
        Assert.Equal(5, await test.CountPicturesAsync());
    }

    [Fact]
    public async Task Old_incidents_go_unless_they_are_open_or_still_to_be_told()
    {
        await using var test = await TestStore.OpenAsync(edition);
        string[] ids = ["inc_open", "inc_cleared", "inc_untold"];
        foreach (var id in ids)
        {
            await OpenedAsync(test, id);
        }

        await ClearAsync(test, "inc_cleared");
        await ClearAsync(test, "inc_untold");
        await AppendAsync(test, new StageEntry { Deliveries = [Samples.Delivery("msg_1", "inc_untold", at: test.Time.GetUtcNow())] });
        test.Time.Advance(TimeSpan.FromDays(366));

        await test.Store.Retention.SweepAsync(Stop);

        Assert.Equal(1, test.Store.Retention.Removed.Incidents);
        Assert.Equal(
            ["inc_open", "inc_untold"], (await test.Store.Incidents.FindAsync(new IncidentQuery(), Stop)).Select(i => i.Id.Value).Order());
        Assert.Null(await test.Store.Incidents.FindEvidenceAsync(new IncidentId("inc_cleared"), Stop));
    }

    [Fact]
    public async Task Old_deliveries_go_with_their_tries_unless_they_wait()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var now = test.Time.GetUtcNow();
        var done = Samples.Delivery("msg_done", at: now);
        await AppendAsync(test, new StageEntry { Deliveries = [done, Samples.Delivery("msg_waits", at: now)] });
        await test.Store.Outbox.RecordAsync(
            Samples.Attempt("msg_done", 1), done with { State = DeliveryState.Failed, NextAttemptAt = null, AttemptCount = 1 }, Stop);
        test.Time.Advance(TimeSpan.FromDays(31));

        await test.Store.Retention.SweepAsync(Stop);

        Assert.Equal(1, test.Store.Retention.Removed.Deliveries);
        Assert.Equal("msg_waits", Assert.Single(await test.Store.Outbox.FindAsync(new DeliveryQuery(), Stop)).Id.Value);
        Assert.Empty(await test.Store.Outbox.ListAttemptsAsync(done.Id, Stop));
    }

    [Fact]
    public async Task Sweeps_by_itself_soon_after_the_start_and_then_at_its_interval()
    {
        await using var test = await TestStore.OpenAsync(edition);
        await test.Time.Timers.WaitForCountAsync(1);
        var now = test.Time.GetUtcNow();
        await AppendAsync(test, Samples.Only(Samples.Caption("cap_1", at: now.AddDays(-8))));

        test.Time.Advance(TimeSpan.FromMinutes(1));
        await TestTimeouts.UntilAsync(() => test.Store.Retention.Removed.Captions == 1, "the first sweep");
        await test.Time.Timers.WaitForCountAsync(2);
        await AppendAsync(test, Samples.Only(Samples.Caption("cap_2", at: now.AddDays(-8))));
        test.Time.Advance(TimeSpan.FromMinutes(10));
        await TestTimeouts.UntilAsync(() => test.Store.Retention.Removed.Captions == 2, "the second sweep");

        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)], test.Time.Timers.Items.Take(2));
    }

    private protected static Task AppendAsync(TestStore test, StageEntry entry) => test.Store.Journal.AppendAsync(entry, Stop);

    private protected static Task OpenedAsync(TestStore test, string id)
    {
        var now = test.Time.GetUtcNow();
        var caption = Samples.Caption($"cap_{id}", at: now);
        return AppendAsync(test, new StageEntry
        {
            Caption = caption,
            Changes =
            [
                new IncidentChange(
                    IncidentChangeKind.Opened, Samples.Incident(id, at: now), Samples.Evidence(caption, new byte[1000], new byte[1000])),
            ],
        });
    }

    private protected static Task ClearAsync(TestStore test, string id)
    {
        var now = test.Time.GetUtcNow();
        var cleared = Samples.Incident(id, at: now) with { State = IncidentState.Cleared, ClearedAt = now };
        return AppendAsync(test, new StageEntry { Changes = [new IncidentChange(IncidentChangeKind.Cleared, cleared)] });
    }

    private protected static Task<byte[]?> PictureAsync(TestStore test, string id) =>
        test.Store.Incidents.ReadPictureAsync(new IncidentId(id), 1, Stop);
}
