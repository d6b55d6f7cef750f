using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class FenceTests
{
    private static readonly CameraId Camera = new("cam_1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_take_has_a_higher_epoch_and_shuts_out_those_before()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();
        var feed = await test.Postgres.Fences.TakeFeedAsync(Camera, "silo-1", Stop);
        var stage = (await test.Postgres.Fences.TakeStageAsync(Camera, "silo-1", Stop)).Epoch;
        await AppendAsync(test, "cap_1", feed, stage);

        var nextFeed = await other.Postgres.Fences.TakeFeedAsync(Camera, "silo-2", Stop);

        Assert.True(nextFeed > feed);
        await AssertFencedAsync(FenceSide.Feed, test, "cap_2", feed, stage);
        await AppendAsync(other, "cap_3", nextFeed, stage);
        var nextStage = (await other.Postgres.Fences.TakeStageAsync(Camera, "silo-2", Stop)).Epoch;
        Assert.True(nextStage > stage);
        await AssertFencedAsync(FenceSide.Stage, test, "cap_4", nextFeed, stage);
        await AssertFencedAsync(FenceSide.Stage, test, "cap_5", feed: null, nextStage + 1);
        await AssertFencedAsync(FenceSide.Feed, test, "cap_6", feed, stage);
        await AppendAsync(other, "cap_7", nextFeed, nextStage);
        await AppendAsync(other, "cap_8", nextFeed, stage: null);
        Assert.Equal(
            ["cap_8", "cap_7", "cap_3", "cap_1"], (await test.Store.Captions.FindAsync(new CaptionQuery(), Stop)).Select(c => c.Id.Value));
    }

    [Fact]
    public async Task Entries_that_are_shut_out_leave_their_neighbours_alone()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        CameraId[] cameras = [.. Enumerable.Range(0, 10).Select(i => new CameraId($"cam_{i}"))];
        foreach (var camera in cameras)
        {
            await test.Postgres.Fences.TakeFeedAsync(camera, "silo-1", Stop);
            await test.Postgres.Fences.TakeFeedAsync(camera, "silo-2", Stop);
        }

        var appends = Enumerable.Range(0, 100).Select(i => test.Store.Journal.AppendAsync(
            Samples.Only(Samples.Caption($"cap_{i}", camera: cameras[i % 10].Value)) with
            {
                Fence = new Fence(cameras[i % 10], FeedEpoch: (i % 3) switch { 0 => 1, 1 => 2, _ => null }, StageEpoch: null),
            },
            Stop)).ToArray();

        for (var i = 0; i < appends.Length; i++)
        {
            if (i % 3 == 0)
            {
                Assert.Equal(FenceSide.Feed, (await Assert.ThrowsAsync<FencedException>(() => appends[i])).Side);
            }
            else
            {
                await appends[i];
            }
        }

        Assert.Equal(66, (await test.Store.Captions.FindAsync(new CaptionQuery(), Stop)).Count);
    }

    [Fact]
    public async Task An_append_that_waits_while_the_next_feed_is_taken_is_refused()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        var feed = await test.Postgres.Fences.TakeFeedAsync(Camera, "silo-1", Stop);
        await using var taker = await HeldTransaction.BeginAsync(test.ConnectionString);
        await taker.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('cam_1', 1179012173))");
        var append = AppendAsync(test, "cap_1", feed, stage: null);
        await taker.UntilAnotherWaitsAsync("advisory");

        await taker.ExecuteAsync("UPDATE fastvlm.camera_fence SET feed_epoch = feed_epoch + 1");
        await taker.CommitAsync();

        Assert.Equal(FenceSide.Feed, (await Assert.ThrowsAsync<FencedException>(() => append)).Side);
        Assert.Empty(await test.Store.Captions.FindAsync(new CaptionQuery(), Stop));
    }

    [Fact]
    public async Task Taking_waits_for_an_append_that_has_passed_its_fence()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();
        var stage = (await test.Postgres.Fences.TakeStageAsync(Camera, "silo-1", Stop)).Epoch;

        // The append has looked at its epoch and waits to insert what another transaction is inserting.
        await using var holder = await HeldTransaction.BeginAsync(test.ConnectionString);
        await holder.ExecuteAsync("""
            INSERT INTO fastvlm.incident (id, kind, state, opened_at, body) VALUES ('inc_1', 'rule', 'open', 0, '{}')
            """);
        var append = test.Store.Journal.AppendAsync(
            Samples.Opened("inc_1", Samples.Caption("cap_1")) with { Fence = new Fence(Camera, null, stage) }, Stop);
        await holder.UntilAnotherWaitsAsync("transactionid");
        var take = other.Postgres.Fences.TakeStageAsync(Camera, "silo-2", Stop);
        await holder.UntilAnotherWaitsAsync("advisory");
        Assert.False(append.IsCompleted || take.IsCompleted);

        await holder.RollbackAsync();

        await append;
        Assert.Equal("inc_1", Assert.Single((await take).Open).Id.Value);
    }

    [Fact]
    public async Task Fifty_writers_who_take_over_from_each_other_never_store_after_the_next_one()
    {
        await using var first = await TestStore.OpenAsync(Edition.Postgres);
        await using var second = await first.JoinAsync();
        TestStore[] stores = [first, second];

        var counts = await Task.WhenAll(Enumerable.Range(0, 50).Select(writer => Task.Run(async () =>
        {
            var test = stores[writer % 2];
            var seen = new List<(long Epoch, long Before)>();
            for (var round = 0; round < 3; round++)
            {
                var epoch = await test.Postgres.Fences.TakeFeedAsync(Camera, $"writer-{writer}", Stop);
                seen.Add((epoch, await CountBeforeAsync(test, epoch)));
                await AppendUntilFencedAsync(test, writer, epoch);
            }

            return seen;
        })));

        // What each found of its predecessors when it took over is all that there ever is.
        var all = counts.SelectMany(seen => seen).ToArray();
        Assert.Equal(150, all.Select(s => s.Epoch).Distinct().Count());
        foreach (var (epoch, before) in all)
        {
            Assert.Equal(before, await CountBeforeAsync(first, epoch));
        }
    }

    [Fact]
    public async Task A_new_stage_goes_on_with_all_that_the_last_one_left()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        var stage = (await test.Postgres.Fences.TakeStageAsync(Camera, "silo-1", Stop)).Epoch;
        var state = new TrackerState
        {
            CameraId = Camera,
            Rules =
            [
                new RuleState(
                    new RuleId("rule_1"), Samples.Noon, new PolicyState { Looks = [TimeSpan.FromSeconds(1), null], MissCount = 3 }),
            ],
        };
        var told = Samples.Delivery("msg_told", "inc_told");
        await test.Store.Journal.AppendAsync(
            new StageEntry
            {
                Changes =
                [
                    .. new[] { "inc_open", "inc_told" }.Select(id => new IncidentChange(IncidentChangeKind.Opened, Samples.Incident(id))),
                    new IncidentChange(IncidentChangeKind.Opened, Samples.Incident("inc_cleared") with { State = IncidentState.Cleared }),
                    new IncidentChange(IncidentChangeKind.Opened, Samples.Incident("inc_other", camera: "cam_2")),
                ],
                Deliveries =
                [
                    told, Samples.Delivery("msg_open", "inc_open"), Samples.Delivery("msg_cleared", "inc_cleared"),
                    Samples.Delivery("msg_other", "inc_other"),
                ],
                State = state,
                Fence = new Fence(Camera, null, stage),
            },
            Stop);
        await test.Store.Outbox.RecordAsync(
            Samples.Attempt("msg_told", 1),
            told with { State = DeliveryState.Delivered, NextAttemptAt = null, DeliveredAt = Samples.Noon.AddSeconds(1) }, Stop);

        var takeover = await test.Postgres.Fences.TakeStageAsync(Camera, "silo-2", Stop);

        Assert.Equal(StoredJson.Write(state), StoredJson.Write(takeover.State));
        Assert.Equal(["inc_open", "inc_told"], takeover.Open.Select(i => i.Id.Value));
        Assert.Equal([new LastTold(new RuleId("rule_1"), Camera, Samples.Noon.AddSeconds(1))], takeover.LastTold);
        Assert.Equal(["inc_cleared", "inc_open"], takeover.Telling.Keys.Select(id => id.Value).Order());
        Assert.All(takeover.Telling.Values, rule => Assert.Equal("rule_1", rule.Value));
    }

    private static async Task AppendUntilFencedAsync(TestStore test, int writer, long epoch)
    {
        for (var i = 0; i < 10; i++)
        {
            try
            {
                await AppendAsync(test, $"cap_{writer}_{epoch}_{i}", epoch, stage: null);
            }
            catch (FencedException)
            {
                return;
            }
        }
    }

    private static Task<long> CountBeforeAsync(TestStore test, long epoch) => PostgresServer.ScalarAsync<long>(
        test.ConnectionString, $"SELECT count(*) FROM fastvlm.caption WHERE feed_epoch < {epoch}");

    private static Task AppendAsync(TestStore test, string id, long? feed, long? stage) => test.Store.Journal.AppendAsync(
        Samples.Only(Samples.Caption(id)) with { Fence = new Fence(Camera, feed, stage) }, Stop);

    private static async Task AssertFencedAsync(FenceSide side, TestStore test, string id, long? feed, long? stage) =>
        Assert.Equal(side, (await Assert.ThrowsAsync<FencedException>(() => AppendAsync(test, id, feed, stage))).Side);
}
