using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

public sealed class MemoryOutboxTests
{
    private readonly List<string> dropped = [];
    private readonly MemoryOutbox outbox;

    public MemoryOutboxTests() => outbox = new MemoryOutbox { OnDropped = delivery => dropped.Add(delivery.Id.Value) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beyond_its_limit_done_messages_go_before_waiting_ones_and_the_loss_of_those_is_told()
    {
        await AppendAsync(Enumerable.Range(0, Limits.MemoryOutboxLengthMax));
        await outbox.RecordAsync(
            new() { DeliveryId = new("msg_5"), Number = 1, At = At, Duration = TimeSpan.Zero },
            (await outbox.FindAsync(new DeliveryId("msg_5"), Stop))! with { State = DeliveryState.Delivered },
            Stop);

        await AppendAsync([2001]);
        Assert.Empty(dropped);
        await AppendAsync([2002]);

        Assert.Equal(["msg_0"], dropped);
        Assert.Equal(Limits.MemoryOutboxLengthMax, outbox.PendingCount);
        Assert.Null(await outbox.FindAsync(new DeliveryId("msg_5"), Stop));
    }

    [Fact]
    public async Task Lists_what_is_due_the_one_due_longest_first()
    {
        await AppendAsync([3, 1, 2]);

        var due = await outbox.ListDueAsync(Endpoint, At.AddSeconds(2), limit: 10, Stop);

        Assert.Equal(["msg_1", "msg_2"], due.Select(delivery => delivery.Id.Value));
        Assert.Equal(At.AddSeconds(1), await outbox.NextDueAsync(Endpoint, Stop));
        Assert.Null(await outbox.NextDueAsync(new EndpointId("ep_other"), Stop));
    }

    [Fact]
    public async Task Finds_pages_newest_first()
    {
        await AppendAsync([1, 2, 3, 4]);

        var page = await outbox.FindAsync(new DeliveryQuery { Limit = 2 }, Stop);
        var next = await outbox.FindAsync(new DeliveryQuery { Limit = 2, Before = page[^1].Id }, Stop);

        Assert.Equal(["msg_4", "msg_3", "msg_2", "msg_1"], page.Concat(next).Select(delivery => delivery.Id.Value));
    }

    private Task AppendAsync(IEnumerable<int> seconds) => outbox.AppendAsync(
        new StageEntry
        {
            Deliveries =
            [
                .. seconds.Select(second => new Delivery
                {
                    Id = new($"msg_{second}"),
                    EndpointId = Endpoint,
                    EventType = WebhookEventNames.Opened,
                    Payload = "{}",
                    CreatedAt = At,
                    NextAttemptAt = At.AddSeconds(second),
                }),
            ],
        },
        Stop);
}
