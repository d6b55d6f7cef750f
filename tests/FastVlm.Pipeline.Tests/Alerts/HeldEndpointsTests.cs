using System.Collections.Concurrent;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;
using static FastVlm.Pipeline.Tests.Alerts.DispatcherProcess;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>A dispatcher that delivers only to what it holds, which changes while it runs.</summary>
public sealed class HeldEndpointsTests : IAsyncLifetime
{
    private static readonly EndpointId First = new("ep_1");
    private static readonly EndpointId Second = new("ep_2");

    private readonly ConcurrentDictionary<EndpointId, bool> held = new();
    private readonly MemoryOutbox outbox = new();
    private readonly DispatcherProcess process;
    private readonly WebhookReceiver quick = new();
    private readonly WebhookReceiver slow = new((WebhookReceiver.Silence, null), (204, null));
    private Func<EndpointId, CancellationToken, Task<Incident?>> findDown = (_, _) => Task.FromResult<Incident?>(null);

    public HeldEndpointsTests()
    {
        process = new DispatcherProcess(outbox);
        process.Options = process.Options with
        {
            Holds = held.ContainsKey,
            FindDown = (id, cancellationToken) => findDown(id, cancellationToken),
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await outbox.AppendAsync(
        new StageEntry { Deliveries = [Delivery("msg_1", "ep_1"), Delivery("msg_2", "ep_2")] }, Token);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await quick.DisposeAsync();
        await slow.DisposeAsync();
    }

    [Fact]
    public async Task Only_what_is_held_gets_deliveries()
    {
        Hold(Second);
        process.Start(Endpoint("ep_1", quick), Endpoint("ep_2", quick));

        await process.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal("msg_2", Assert.Single(quick.Requests.Items).Headers["webhook-id"]);
        Assert.Equal(DeliveryState.Pending, (await FindAsync("msg_1")).State);
    }

    [Fact]
    public async Task What_is_taken_over_gets_deliveries_from_then_on()
    {
        process.Start(Endpoint("ep_1", quick));
        Hold(First);
        process.Dispatcher.Recheck();

        await process.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal(DeliveryState.Delivered, (await FindAsync("msg_1")).State);
    }

    [Fact]
    public async Task What_is_lost_is_broken_off_and_stays_as_it_is_for_the_next_holder()
    {
        findDown = (_, _) => Task.FromResult<Incident?>(Down());
        Hold(First);
        process.Start(Endpoint("ep_1", slow));
        await slow.Requests.WaitForCountAsync(1);

        await LoseAsync(First);

        var delivery = await FindAsync("msg_1");
        Assert.Equal((DeliveryState.Pending, 0), (delivery.State, delivery.AttemptCount));
        Assert.Empty(process.Observer.Tries.Items);
        Assert.Empty(process.Observer.Incidents.Items);
    }

    [Fact]
    public async Task What_is_lost_and_taken_over_again_is_gone_on_with()
    {
        Hold(First);
        process.Start(Endpoint("ep_1", slow));
        await slow.Requests.WaitForCountAsync(1);
        await LoseAsync(First);

        Hold(First);
        process.Dispatcher.Recheck();
        await process.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal(["msg_1", "msg_1"], slow.Requests.Items.Select(request => request.Headers["webhook-id"]));
        Assert.Equal(DeliveryState.Delivered, (await FindAsync("msg_1")).State);
    }

    /// <summary>It is regained before the dispatcher has even looked: the lane that was broken off must not stay for it.</summary>
    [Fact]
    public async Task What_is_lost_for_a_moment_is_gone_on_with()
    {
        Hold(First);
        process.Start(Endpoint("ep_1", slow));
        await slow.Requests.WaitForCountAsync(1);

        held.Clear();
        process.Dispatcher.Recheck();
        Hold(First);
        process.Dispatcher.Recheck();
        await process.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal(DeliveryState.Delivered, (await FindAsync("msg_1")).State);
    }

    [Fact]
    public async Task Who_takes_over_goes_on_with_the_open_incident()
    {
        findDown = (id, _) => Task.FromResult(id == First ? Down() : null);
        Hold(First);
        process.Start(Endpoint("ep_1", quick));

        var cleared = await process.Observer.Incidents.WaitForAsync(_ => true, "the end of the incident");

        Assert.Equal((IncidentChangeKind.Cleared, Down().Id), (cleared.Kind, cleared.Incident.Id));
    }

    [Fact]
    public async Task The_end_of_a_lane_is_waited_for_until_its_last_result_is_stored()
    {
        var stored = new TaskCompletionSource();
        process.Store.RecordsAfter = stored.Task;
        Hold(First);
        process.Start(Endpoint("ep_1", quick));
        await process.Store.Records.WaitForCountAsync(1);

        held.Clear();
        var quiet = process.Dispatcher.QuiesceAsync([First], Token);
        var quietToo = process.Dispatcher.QuiesceAsync([First], Token);
        Assert.False(quiet.IsCompleted || quietToo.IsCompleted);
        stored.SetResult();
        await Task.WhenAll(quiet, quietToo).Within("the quiet");

        Assert.Equal(DeliveryState.Delivered, (await FindAsync("msg_1")).State);
    }

    [Fact]
    public async Task What_is_lost_while_its_incident_is_looked_for_does_not_begin()
    {
        var (asked, answer) = (new Collector<EndpointId>("look-ups"), new TaskCompletionSource<Incident?>());
        findDown = (id, _) =>
        {
            asked.Add(id);
            return id == First ? answer.Task : Task.FromResult<Incident?>(null);
        };
        Hold(First, Second);
        process.Start(Endpoint("ep_1", slow), Endpoint("ep_2", quick));
        await asked.WaitForCountAsync(1);

        await LoseAsync(First);
        answer.SetResult(null);
        await process.Observer.Tries.WaitForCountAsync(1);

        Assert.Single(quick.Requests.Items);
        Assert.Empty(slow.Requests.Items);
    }

    /// <summary>Who is cut off from the store must end its deliveries all the same.</summary>
    [Fact]
    public async Task What_is_lost_is_broken_off_while_the_store_does_not_answer()
    {
        Hold(First);
        process.Start(Endpoint("ep_1", slow), Endpoint("ep_2", quick));
        await slow.Requests.WaitForCountAsync(1);
        var asked = new Collector<EndpointId>("look-ups");
        findDown = async (id, cancellationToken) =>
        {
            asked.Add(id);
            await Task.Delay(Timeout.InfiniteTimeSpan, process.Time, cancellationToken);
            return null;
        };
        Hold(Second);
        process.Dispatcher.Recheck();
        await asked.WaitForCountAsync(1);

        await LoseAsync(First, Second);

        Assert.Equal(0, (await FindAsync("msg_1")).AttemptCount);
    }

    [Fact]
    public async Task A_change_is_followed_at_once_also_while_a_failed_store_is_waited_for()
    {
        findDown = (id, _) => id == First ? throw new StorageException("locked") : Task.FromResult<Incident?>(null);
        Hold(First);
        process.Start(Endpoint("ep_1", slow), Endpoint("ep_2", quick));
        await process.Logs.Lines.WaitForAsync(line => line.Contains("locked", StringComparison.Ordinal), "the complaint");

        held.Clear();
        Hold(Second);
        process.Dispatcher.Recheck();
        await process.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal("msg_2", process.Observer.Tries.Items[0].Delivery.Id.Value);
    }

    [Fact]
    public async Task What_waits_for_a_deleted_endpoint_is_cancelled_also_where_nobody_holds_it()
    {
        Hold(Second);
        process.Start(Endpoint("ep_1", slow), Endpoint("ep_2", quick));
        await process.Observer.Tries.WaitForCountAsync(1);

        process.Apply(Endpoint("ep_2", quick));
        await TestTimeouts.UntilAsync(() => outbox.PendingCount == 0, "the cancellation");

        Assert.Equal(DeliveryState.Cancelled, (await FindAsync("msg_1")).State);
    }

    [Fact]
    public async Task An_endpoint_that_is_enabled_again_is_forgiven()
    {
        var disabled = new Collector<EndpointId>("disablings");
        findDown = (_, _) => Task.FromResult<Incident?>(Down() with { OpenedAt = At - Limits.EndpointAbandonAfter });
        process.Options = process.Options with
        {
            RetryWaits = [.. Enumerable.Repeat(TimeSpan.FromSeconds(5), 20)],
            DisableEndpoint = (id, _, _) =>
            {
                disabled.Add(id);
                return Task.CompletedTask;
            },
        };
        await using var broken = new WebhookReceiver((500, null));
        var endpoint = Endpoint("ep_1", broken);
        Hold(First);
        process.Start(endpoint);
        await process.Observer.Tries.WaitForCountAsync(1);
        process.Apply(endpoint with { Spec = endpoint.Spec with { Enabled = false, DisabledReason = "It accepted nothing." } });
        await TestTimeouts.UntilAsync(() => outbox.PendingCount == 0, "the cancellation");

        process.Apply(endpoint);
        await outbox.AppendAsync(new StageEntry { Deliveries = [Delivery("msg_3", "ep_1")] }, Token);
        await process.PassUntilAsync(() => process.Observer.Tries.Items.Count > Limits.EndpointAbandonAfterFailures, "the tries");

        Assert.Empty(disabled.Items);
    }

    [Fact]
    public async Task An_endpoint_that_was_disabled_because_it_is_gone_and_is_then_deleted_is_down_no_more()
    {
        var reasons = new Collector<string>("reasons");
        process.Options = process.Options with
        {
            DisableEndpoint = (_, reason, _) =>
            {
                reasons.Add(reason);
                return Task.CompletedTask;
            },
        };
        await using var gone = new WebhookReceiver((410, null));
        var endpoint = Endpoint("ep_1", gone);
        Hold(First);
        process.Start(endpoint);
        await reasons.WaitForCountAsync(1);
        process.Apply(endpoint with { Spec = endpoint.Spec with { Enabled = false, DisabledReason = reasons.Items[0] } });

        process.Apply();

        await process.Observer.Incidents.WaitForAsync(change => change.Kind == IncidentChangeKind.Cleared, "its end");
    }

    private static Incident Down() => Incident(IncidentKind.EndpointDown) with { Id = new("inc_down"), EndpointId = First };

    private void Hold(params EndpointId[] endpoints)
    {
        foreach (var id in endpoints)
        {
            held[id] = true;
        }
    }

    private async Task LoseAsync(params EndpointId[] endpoints)
    {
        foreach (var id in endpoints)
        {
            held.TryRemove(id, out _);
        }

        process.Dispatcher.Recheck();
        await process.Dispatcher.QuiesceAsync(endpoints, Token).Within("the quiet");
    }

    private async Task<Delivery> FindAsync(string id) => (await outbox.FindAsync(new DeliveryId(id), Token))!;
}
