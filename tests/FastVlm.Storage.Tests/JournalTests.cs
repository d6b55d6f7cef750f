using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Tests;

public sealed class JournalTests() : JournalPromises(Edition.Sqlite);

public sealed class PostgresJournalTests() : JournalPromises(Edition.Postgres);

/// <summary>What both stores promise.</summary>
public abstract class JournalPromises(Edition edition)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_is_there_after_a_restart_with_every_member()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var caption = Samples.Caption("cap_1");
        byte[][] pictures = [[1, 2, 3], [4, 5]];
        var entry = Samples.Opened("inc_1", caption, pictures) with { Deliveries = [Samples.Delivery("msg_1"), Samples.Delivery("msg_2")] };
        await test.Store.Journal.AppendAsync(entry, Stop);

        await test.ReopenAsync();

        var store = test.Store;
        AssertSame(caption, await store.Captions.FindAsync(caption.Id, Stop));
        AssertSame(entry.Changes[0].Incident, await store.Incidents.FindAsync(new IncidentId("inc_1"), Stop));
        AssertSame(entry.Changes[0].Evidence, await store.Incidents.FindEvidenceAsync(new IncidentId("inc_1"), Stop));
        Assert.Equal(pictures[0], await store.Incidents.ReadPictureAsync(new IncidentId("inc_1"), 0, Stop));
        Assert.Equal(pictures[1], await store.Incidents.ReadPictureAsync(new IncidentId("inc_1"), 1, Stop));
        Assert.Null(await store.Incidents.ReadPictureAsync(new IncidentId("inc_1"), 2, Stop));
        Assert.Equal(entry.Deliveries, await store.Outbox.ListDueAsync(new EndpointId("ep_1"), Samples.Noon, 10, Stop));
    }

    [Fact]
    public async Task Many_callers_at_once_keep_each_its_order()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var journal = test.Store.Journal;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            for (var count = 1; count <= 20; count++)
            {
                var incident = Samples.Incident($"inc_{caller}") with { Count = count };
                await journal.AppendAsync(
                    new StageEntry
                    {
                        Caption = Samples.Caption(
                            $"cap_{caller}_{count}", camera: $"cam_{caller}", at: Samples.Noon.AddMilliseconds(count)),
                        Changes = [new IncidentChange(IncidentChangeKind.Ongoing, incident)],
                    },
                    Stop);
            }
        })));

        var incidents = await test.Store.Incidents.FindAsync(new IncidentQuery(), Stop);
        Assert.Equal(32, incidents.Count);
        Assert.All(incidents, incident => Assert.Equal(20, incident.Count));
        Assert.Equal(640, (await test.Store.Captions.FindAsync(new CaptionQuery { Limit = 1000 }, Stop)).Count);
    }

    [Fact]
    public async Task A_bad_entry_fails_alone()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var journal = test.Store.Journal;
        var bad = Samples.Only(Samples.Caption("cap_bad") with { Text = null! });

        var appends = Enumerable.Range(0, 50)
            .Select(i => journal.AppendAsync(i == 25 ? bad : Samples.Only(Samples.Caption($"cap_{i}", "word")), Stop)).ToArray();
        await Assert.ThrowsAnyAsync<Exception>(() => appends[25]);
        await Task.WhenAll(appends.Where((_, i) => i != 25));

        Assert.Equal(49, (await test.Store.Captions.FindAsync(new CaptionQuery { Text = "word" }, Stop)).Count);
        Assert.Null(await test.Store.Captions.FindAsync(new CaptionId("cap_bad"), Stop));
    }

    [Fact]
    public async Task The_same_entry_twice_is_there_once_and_takes_back_no_delivery()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var delivery = Samples.Delivery("msg_1");
        var entry = Samples.Opened("inc_1", Samples.Caption("cap_1", "twice"), [1]) with { Deliveries = [delivery] };
        await test.Store.Journal.AppendAsync(entry, Stop);
        await test.Store.Outbox.RecordAsync(
            Samples.Attempt("msg_1", 1),
            delivery with { State = DeliveryState.Delivered, AttemptCount = 1, NextAttemptAt = null, DeliveredAt = Samples.Noon },
            Stop);

        await test.Store.Journal.AppendAsync(entry, Stop);

        Assert.Single(await test.Store.Captions.FindAsync(new CaptionQuery { Text = "twice" }, Stop));
        Assert.Empty(await test.Store.Outbox.ListDueAsync(new EndpointId("ep_1"), Samples.Noon, 10, Stop));
        Assert.Equal([1], await test.Store.Incidents.ReadPictureAsync(new IncidentId("inc_1"), 0, Stop));
    }

    [Fact]
    public async Task A_caller_that_gave_up_before_its_turn_leaves_nothing()
    {
        await using var test = await TestStore.OpenAsync(edition);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), new CancellationToken(canceled: true)));

        Assert.Empty(await test.Store.Captions.FindAsync(new CaptionQuery(), Stop));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        await using var test = await TestStore.OpenAsync(edition);
        var journal = test.Store.Journal;
        await test.CloseAsync();

        var failure = await Assert.ThrowsAsync<StorageException>(() => journal.AppendAsync(Samples.Only(Samples.Caption("cap_1")), Stop));

        Assert.Contains("closed", failure.Message, StringComparison.Ordinal);
    }

    private static void AssertSame<T>(T expected, T? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(JsonSerializer.Serialize(expected, StoredJson.Options), JsonSerializer.Serialize(actual, StoredJson.Options));
    }
}
