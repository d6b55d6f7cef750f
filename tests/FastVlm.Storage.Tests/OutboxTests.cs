using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Tests;

public sealed class OutboxTests() : OutboxPromises(Edition.Sqlite);

public sealed class PostgresOutboxTests() : OutboxPromises(Edition.Postgres);

/// <summary>What both stores promise.</summary>
public abstract class OutboxPromises(Edition edition)
{
    private static readonly EndpointId Endpoint = new("ep_1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Due_deliveries_come_in_the_order_in_which_they_fell_due()
    {
        await using var test = await StoreWithAsync(
            Samples.Delivery("msg_1", at: Samples.Noon.AddSeconds(2)),
            Samples.Delivery("msg_2", at: Samples.Noon.AddSeconds(1)),
            Samples.Delivery("msg_3", at: Samples.Noon.AddSeconds(9)),
            Samples.Delivery("msg_4", endpoint: "ep_2"));
        var outbox = test.Store.Outbox;

        Assert.Equal(["msg_2", "msg_1"], Ids(await outbox.ListDueAsync(Endpoint, Samples.Noon.AddSeconds(8), 10, Stop)));
        Assert.Equal(["msg_2"], Ids(await outbox.ListDueAsync(Endpoint, Samples.Noon.AddSeconds(8), 1, Stop)));
        Assert.Equal(Samples.Noon.AddSeconds(1), await outbox.NextDueAsync(Endpoint, Stop));
        Assert.Null(await outbox.NextDueAsync(new EndpointId("ep_unknown"), Stop));
    }

    [Fact]
    public async Task A_try_and_what_it_makes_of_the_delivery_are_stored_together()
    {
        var delivery = Samples.Delivery("msg_1");
        await using var test = await StoreWithAsync(delivery);
        var outbox = test.Store.Outbox;
        var later = delivery with { AttemptCount = 1, NextAttemptAt = Samples.Noon.AddSeconds(5), LastResult = "503." };
        var done = later with
        {
            State = DeliveryState.Delivered, AttemptCount = 2, NextAttemptAt = null, DeliveredAt = Samples.Noon.AddSeconds(6),
        };

        await outbox.RecordAsync(Samples.Attempt("msg_1", 1), later, Stop);
        Assert.Equal(later, await outbox.FindAsync(delivery.Id, Stop));
        await outbox.RecordAsync(Samples.Attempt("msg_1", 2, Samples.Noon.AddSeconds(5)), done, Stop);

        Assert.Equal(done, await outbox.FindAsync(delivery.Id, Stop));
        Assert.Null(await outbox.NextDueAsync(Endpoint, Stop));
        var attempts = await outbox.ListAttemptsAsync(delivery.Id, Stop);
        Assert.Equal([1, 2], attempts.Select(a => a.Number));
        Assert.Equal(TimeSpan.FromMilliseconds(120), attempts[0].Duration);
        Assert.Equal("msg_1", attempts[0].RequestHeaders["webhook-id"]);
    }

    [Fact]
    public async Task A_replay_makes_it_due_again_and_keeps_the_log_of_its_tries()
    {
        var delivery = Samples.Delivery("msg_1");
        await using var test = await StoreWithAsync(delivery);
        var outbox = test.Store.Outbox;
        await outbox.RecordAsync(
            Samples.Attempt("msg_1", 10), delivery with { State = DeliveryState.Failed, AttemptCount = 10, NextAttemptAt = null }, Stop);

        var count = await outbox.ReplayAsync([delivery.Id, new DeliveryId("msg_unknown")], Samples.Noon.AddHours(1), Stop);

        Assert.Equal(1, count);
        var due = Assert.Single(await outbox.ListDueAsync(Endpoint, Samples.Noon.AddHours(1), 10, Stop));
        Assert.Equal(10, due.AttemptCount);
        await outbox.RecordAsync(
            Samples.Attempt("msg_1", 11, Samples.Noon.AddHours(1)),
            due with { AttemptCount = 11, NextAttemptAt = Samples.Noon.AddHours(2) }, Stop);
        Assert.Equal(Samples.Noon.AddHours(2), await outbox.NextDueAsync(Endpoint, Stop));
        Assert.Equal(2, (await outbox.ListAttemptsAsync(delivery.Id, Stop)).Count);
    }

    [Fact]
    public async Task What_waits_for_an_endpoint_that_is_gone_is_cancelled_also_amid_a_try()
    {
        var delivery = Samples.Delivery("msg_1");
        await using var test = await StoreWithAsync(delivery, Samples.Delivery("msg_2"), Samples.Delivery("msg_3", endpoint: "ep_2"));
        var outbox = test.Store.Outbox;

        Assert.Equal(2, await outbox.CancelPendingAsync(Endpoint, "The endpoint was deleted.", Stop));
        await outbox.RecordAsync(
            Samples.Attempt("msg_1", 1), delivery with { AttemptCount = 1, NextAttemptAt = Samples.Noon.AddSeconds(5) }, Stop);

        var cancelled = await outbox.FindAsync(new DeliveryQuery { State = DeliveryState.Cancelled }, Stop);
        Assert.Equal(["msg_2", "msg_1"], Ids(cancelled));
        Assert.All(cancelled, d => Assert.Null(d.NextAttemptAt));
        Assert.Equal("The endpoint was deleted.", cancelled[0].LastResult);
        Assert.Equal("msg_3", Assert.Single(await outbox.FindAsync(new DeliveryQuery { State = DeliveryState.Pending }, Stop)).Id.Value);
    }

    [Fact]
    public async Task Finds_by_every_filter_newest_first_in_pages()
    {
        await using var test = await StoreWithAsync([.. Enumerable.Range(0, 9).Select(i => Samples.Delivery(
            $"msg_{i}", incident: $"inc_{i / 3}", endpoint: $"ep_{i % 2}", at: Samples.Noon.AddSeconds(i / 2)))]);
        var outbox = test.Store.Outbox;

        Assert.Equal(["msg_8", "msg_7"], Ids(await outbox.FindAsync(new DeliveryQuery { Limit = 2 }, Stop)));
        Assert.Equal(
            ["msg_6", "msg_5"], Ids(await outbox.FindAsync(new DeliveryQuery { Limit = 2, Before = new DeliveryId("msg_7") }, Stop)));
        Assert.Equal(
            ["msg_5", "msg_4", "msg_3"], Ids(await outbox.FindAsync(new DeliveryQuery { IncidentId = new IncidentId("inc_1") }, Stop)));
        Assert.Equal(["msg_7", "msg_5", "msg_3", "msg_1"], Ids(await outbox.FindAsync(new DeliveryQuery { EndpointId = Endpoint }, Stop)));
        Assert.Equal(
            ["msg_5", "msg_4", "msg_3", "msg_2"],
            Ids(await outbox.FindAsync(new DeliveryQuery { From = Samples.Noon.AddSeconds(1), To = Samples.Noon.AddSeconds(3) }, Stop)));
    }

    private static IEnumerable<string> Ids(IEnumerable<Delivery> deliveries) => deliveries.Select(d => d.Id.Value);

    private async Task<TestStore> StoreWithAsync(params Delivery[] deliveries)
    {
        var test = await TestStore.OpenAsync(edition);
        await test.Store.Journal.AppendAsync(new StageEntry { Deliveries = deliveries }, Stop);
        return test;
    }
}
