using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>Real HTTP to real receivers on loopback; the clock of the waits and the store's failures are the test's.</summary>
public sealed class AlertDispatcherTests : IAsyncDisposable
{
    private readonly ManualTimeProvider time = new();
    private readonly CollectingLogger logger = new();
    private readonly CancellationTokenSource stop = new();
    private readonly DeliveryCollector observer = new();
    private readonly MemoryOutbox memory = new();
    private readonly FailingStore store;
    private readonly DeliveryPlanner planner = new(new DeliveryPlannerOptions());
    private readonly List<(EndpointId Id, string Reason)> disabled = [];
    private AlertDispatcherOptions options;
    private AlertDispatcher? dispatcher;
    private Task running = Task.CompletedTask;

    public AlertDispatcherTests()
    {
        store = new FailingStore(memory);
        options = new AlertDispatcherOptions
        {
            Outbox = store,
            Recorder = new IncidentRecorder(new WakingJournal(memory, deliveries => dispatcher!.Wake(deliveries)), planner, observer, time),
            Observer = observer,
            Sender = NewSender(Limits.WebhookTimeout),
            Random = new Random(1),
            DisableEndpoint = (id, reason, _) =>
            {
                disabled.Add((id, reason));
                return Task.CompletedTask;
            },
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    [Fact]
    public async Task Delivers_what_is_stored_before_and_after_the_start()
    {
        await using var receiver = new WebhookReceiver();
        await StoreAsync("msg_1", "ep_1");
        Start(Endpoint("ep_1", receiver));
        await observer.Tries.WaitForCountAsync(1);

        await StoreAsync("msg_2", "ep_1");
        dispatcher!.Wake([await FindAsync("msg_2")]);
        await observer.Tries.WaitForCountAsync(2);

        Assert.Equal(["msg_1", "msg_2"], receiver.Requests.Items.Select(r => r.Headers["webhook-id"]));
        Assert.All(["msg_1", "msg_2"], id => Assert.Equal(DeliveryState.Delivered, observer.Last(id).State));
        Assert.Single(await memory.ListAttemptsAsync(new("msg_1"), Token));
    }

    [Fact]
    public async Task Tries_again_on_schedule_with_the_same_id_and_body()
    {
        await using var receiver = new WebhookReceiver((500, null), (503, null), (200, null));
        await StoreAsync("msg_1", "ep_1");
        Start(Endpoint("ep_1", receiver));

        await PassTryAsync(1);
        await PassTryAsync(2);
        await observer.Tries.WaitForCountAsync(3);

        Assert.Equal((DeliveryState.Delivered, 3), (observer.Last("msg_1").State, observer.Last("msg_1").AttemptCount));
        Assert.Single(receiver.Requests.Items.Select(r => r.Headers["webhook-id"]).Distinct());
        Assert.Single(receiver.Requests.Items.Select(r => System.Text.Encoding.UTF8.GetString(r.Body)).Distinct());
        Assert.Equal([500, 503, 200], (await memory.ListAttemptsAsync(new("msg_1"), Token)).Select(a => a.StatusCode));
    }

    [Fact]
    public async Task A_slow_endpoint_delays_no_other()
    {
        await using var silent = new WebhookReceiver((WebhookReceiver.Silence, null));
        await using var quick = new WebhookReceiver();
        for (var i = 0; i < 10; i++)
        {
            await StoreAsync($"msg_s{i}", "ep_silent");
            await StoreAsync($"msg_q{i}", "ep_quick");
        }

        Start(Endpoint("ep_silent", silent), Endpoint("ep_quick", quick));
        await observer.Tries.WaitForCountAsync(10);

        Assert.All(observer.Tries.Items, tried => Assert.Equal("ep_quick", tried.Delivery.EndpointId.Value));
        Assert.InRange(silent.Requests.Items.Count, 1, Limits.WebhooksInFlightMax);
    }

    [Fact]
    public async Task Two_messages_of_one_incident_are_never_under_way_at_once()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null), (200, null));
        options = options with { Sender = NewSender(TimeSpan.FromMilliseconds(300)) };
        await StoreAsync("msg_opened", "ep_1", "inc_1");
        await StoreAsync("msg_cleared", "ep_1", "inc_1");
        Start(Endpoint("ep_1", receiver));

        await observer.Tries.WaitForCountAsync(2);

        Assert.Equal(["msg_opened", "msg_cleared"], observer.Tries.Items.Select(tried => tried.Delivery.Id.Value));
    }

    [Fact]
    public async Task A_result_that_cannot_be_stored_is_kept_and_the_delivery_is_not_sent_again()
    {
        await using var receiver = new WebhookReceiver();
        store.RecordFailures = 3;
        await StoreAsync("msg_1", "ep_1");
        Start(Endpoint("ep_1", receiver));

        for (var failure = 1; failure <= 3; failure++)
        {
            await store.Failures.WaitForCountAsync(failure);
            await logger.Lines.WaitForAsync(line => line.Contains("disk is full", StringComparison.Ordinal), "the complaint");
            await time.Timers.WaitForAsync(wait => wait >= Limits.StoreRetryFirst * 0.79 && wait <= Limits.StoreRetryMax / 2, "the wait");
            await TestTimeouts.UntilAsync(
                () =>
                {
                    time.Advance(Limits.StoreRetryMax);
                    return store.Failures.Items.Count > failure || observer.Tries.Items.Count > 0;
                },
                "the next try to store");
        }

        Assert.Single(receiver.Requests.Items);
        Assert.Equal(DeliveryState.Delivered, observer.Last("msg_1").State);
    }

    [Fact]
    public async Task A_stop_breaks_tries_off_and_leaves_them_pending()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null));
        await StoreAsync("msg_1", "ep_1");
        Start(Endpoint("ep_1", receiver));
        await receiver.Requests.WaitForCountAsync(1);

        await StopAsync();

        var delivery = await FindAsync("msg_1");
        Assert.Equal((DeliveryState.Pending, 0), (delivery.State, delivery.AttemptCount));
        Assert.Empty(observer.Tries.Items);
    }

    [Theory]
    [InlineData(true, "The endpoint was deleted.")]
    [InlineData(false, "The endpoint was disabled.")]
    public async Task What_waits_for_an_endpoint_that_goes_is_cancelled(bool isDeleted, string expected)
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null));
        await StoreAsync("msg_1", "ep_1");
        var endpoint = Endpoint("ep_1", receiver);
        Start(endpoint);
        await receiver.Requests.WaitForCountAsync(1);

        Apply(isDeleted ? [] : [endpoint with { Spec = endpoint.Spec with { Enabled = false } }]);
        await TestTimeouts.UntilAsync(() => memory.PendingCount == 0, "the cancellation");

        var delivery = await FindAsync("msg_1");
        Assert.Equal((DeliveryState.Cancelled, expected), (delivery.State, delivery.LastResult));
    }

    [Fact]
    public async Task What_waits_for_an_endpoint_that_went_while_the_platform_was_down_is_cancelled()
    {
        await StoreAsync("msg_1", "ep_gone");

        Start();

        await TestTimeouts.UntilAsync(() => memory.PendingCount == 0, "the cancellation");
        Assert.Equal(DeliveryState.Cancelled, (await FindAsync("msg_1")).State);
    }

    [Fact]
    public async Task A_changed_address_holds_for_the_next_try()
    {
        await using var old = new WebhookReceiver((500, null));
        await using var moved = new WebhookReceiver();
        await StoreAsync("msg_1", "ep_1");
        Start(Endpoint("ep_1", old));
        await observer.Tries.WaitForCountAsync(1);

        Apply([Endpoint("ep_1", moved)]);
        await PassUntilAsync(() => moved.Requests.Items.Count > 0);
        await observer.Tries.WaitForCountAsync(2);
        Assert.Equal("msg_1", Assert.Single(moved.Requests.Items).Headers["webhook-id"]);
    }

    [Fact]
    public async Task An_endpoint_that_accepts_nothing_is_an_incident_that_the_others_are_told_of()
    {
        await using var broken = new WebhookReceiver((500, null), (500, null), (500, null), (200, null));
        await using var other = new WebhookReceiver();
        await StoreAsync("msg_1", "ep_broken");
        Start(Endpoint("ep_broken", broken), Endpoint("ep_other", other));

        await PassTryAsync(1);
        await PassTryAsync(2);
        await other.Requests.WaitForCountAsync(1);
        var opened = await observer.Incidents.WaitForAsync(change => change.Kind == IncidentChangeKind.Opened, "the incident");
        await PassUntilAsync(() => broken.Requests.Items.Count == 4);
        await other.Requests.WaitForCountAsync(2);
        var cleared = await observer.Incidents.WaitForAsync(change => change.Kind == IncidentChangeKind.Cleared, "its end");

        Assert.Equal((IncidentKind.EndpointDown, "ep_broken"), (opened.Incident.Kind, opened.Incident.EndpointId?.Value));
        Assert.Contains("The receiver answered 500.", opened.Incident.Why, StringComparison.Ordinal);
        Assert.Equal(opened.Incident.Id, cleared.Incident.Id);
        Assert.Equal(["incident.opened", "incident.cleared"], other.Requests.Items.Select(EventType));
        Assert.All(broken.Requests.Items, request => Assert.Equal("msg_1", request.Headers["webhook-id"]));
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_with_an_incident()
    {
        await using var gone = new WebhookReceiver((410, null));
        await StoreAsync("msg_1", "ep_1");
        Start(Endpoint("ep_1", gone));

        await observer.Incidents.WaitForCountAsync(1);
        await TestTimeouts.UntilAsync(() => disabled.Count > 0, "the disabling");

        Assert.Equal((new EndpointId("ep_1"), "The receiver answered 410: it is gone for good."), Assert.Single(disabled));
        Assert.Equal(DeliveryState.Failed, (await FindAsync("msg_1")).State);
    }

    [Fact]
    public async Task An_incident_from_before_the_start_is_cleared_by_the_first_acceptance_or_with_its_endpoint()
    {
        await using var receiver = new WebhookReceiver();
        Incident Down(string endpoint) =>
            Incident(IncidentKind.EndpointDown) with { Id = new($"inc_{endpoint}"), EndpointId = new(endpoint) };
        options = options with { OpenIncidents = [Down("ep_1"), Down("ep_deleted")] };
        await StoreAsync("msg_1", "ep_1");

        Start(Endpoint("ep_1", receiver));
        await observer.Incidents.WaitForCountAsync(2);

        Assert.All(observer.Incidents.Items, change => Assert.Equal(IncidentChangeKind.Cleared, change.Kind));
        Assert.Equal(["inc_ep_1", "inc_ep_deleted"], observer.Incidents.Items.Select(change => change.Incident.Id.Value).Order());
    }

    [Fact]
    public async Task A_defect_in_one_lane_begins_it_anew()
    {
        await using var receiver = new WebhookReceiver();
        store.Defects = 1;
        await StoreAsync("msg_1", "ep_1");
        Start(Endpoint("ep_1", receiver));

        await logger.Lines.WaitForAsync(line => line.Contains("met a defect", StringComparison.Ordinal), "the defect");
        await PassUntilAsync(() => observer.Tries.Items.Count == 1);

        Assert.Equal(DeliveryState.Delivered, observer.Last("msg_1").State);
    }

    [Fact]
    public async Task The_desk_tests_an_endpoint_also_a_disabled_one_and_logs_it()
    {
        await using var receiver = new WebhookReceiver((500, null));
        var endpoint = Endpoint("ep_1", receiver);
        Start(endpoint with { Spec = endpoint.Spec with { Enabled = false } });
        var desk = new WebhookDesk(dispatcher!, options, memory, time);

        var test = await desk.TestAsync(new("ep_1"), Token);

        Assert.Equal((DeliveryState.Failed, 500), (test!.Delivery.State, test.Attempt.StatusCode));
        Assert.Equal("webhook.test", EventType(Assert.Single(receiver.Requests.Items)));
        Assert.Equal(test.Delivery, await FindAsync(test.Delivery.Id.Value));
        Assert.Single(await memory.ListAttemptsAsync(test.Delivery.Id, Token));
        Assert.Null(await desk.TestAsync(new("ep_unknown"), Token));
    }

    [Fact]
    public async Task The_desk_sends_a_range_again_under_its_ids_except_tests()
    {
        await using var receiver = new WebhookReceiver();
        var endpoint = Endpoint("ep_1", receiver);
        await StoreAsync("msg_early", "ep_1", state: DeliveryState.Failed, at: At.AddHours(-2));
        await StoreAsync("msg_failed", "ep_1", state: DeliveryState.Failed);
        await StoreAsync("msg_cancelled", "ep_1", state: DeliveryState.Cancelled);
        await StoreAsync("msg_delivered", "ep_1", state: DeliveryState.Delivered);
        await StoreAsync("msg_test", "ep_1", state: DeliveryState.Failed, type: WebhookEventNames.Test);
        Start(endpoint);
        var desk = new WebhookDesk(dispatcher!, options, memory, time);

        var range = await desk.ReplayAsync(new EndpointId("ep_1"), new ReplayRange { From = At.AddHours(-1) }, Token);
        var one = await desk.ReplayAsync(new DeliveryId("msg_delivered"), Token);
        await observer.Tries.WaitForCountAsync(3);

        Assert.Equal((new ReplayResult(ReplayStatus.Done, 2), new ReplayResult(ReplayStatus.Done, 1)), (range, one));
        Assert.Equal(
            ["msg_cancelled", "msg_delivered", "msg_failed"], receiver.Requests.Items.Select(r => r.Headers["webhook-id"]).Order());
        Assert.Equal(ReplayStatus.NotFound, (await desk.ReplayAsync(new DeliveryId("msg_none"), Token)).Status);
        dispatcher!.Apply(Plant(endpoint with { Spec = endpoint.Spec with { Enabled = false } }));
        Assert.Equal(ReplayStatus.EndpointDisabled, (await desk.ReplayAsync(new DeliveryId("msg_early"), Token)).Status);
    }

    private static Entry<EndpointId, EndpointSpec> Endpoint(string id, WebhookReceiver receiver) =>
        EndpointOf(new EndpointSpec { Url = new CameraUrl(receiver.Address.AbsoluteUri) }, id);

    private static string? EventType(ReceivedRequest request) =>
        System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(request.Body).GetProperty("type").GetString();

    private void Start(params Entry<EndpointId, EndpointSpec>[] endpoints)
    {
        dispatcher = new AlertDispatcher(options, time, logger);
        Apply(endpoints);
        running = dispatcher.RunAsync(stop.Token);
    }

    private void Apply(Entry<EndpointId, EndpointSpec>[] endpoints)
    {
        planner.Apply(Plant(endpoints));
        dispatcher!.Apply(Plant(endpoints));
    }

    private async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAny(running).Within("the end of the dispatcher");
    }

    private Task StoreAsync(
        string id,
        string endpoint,
        string? incident = null,
        DeliveryState state = DeliveryState.Pending,
        DateTimeOffset? at = null,
        string type = WebhookEventNames.Opened) =>
        memory.AppendAsync(
            new StageEntry
            {
                Deliveries =
                [
                    new Delivery
                    {
                        Id = new(id),
                        EndpointId = new(endpoint),
                        IncidentId = incident is null ? null : new(incident),
                        EventType = type,
                        Payload = $$"""{"type":"{{type}}","id":"{{id}}"}""",
                        CreatedAt = at ?? At,
                        NextAttemptAt = state == DeliveryState.Pending ? At : null,
                        State = state,
                    },
                ],
            },
            Token);

    private async Task<Delivery> FindAsync(string id) => (await memory.FindAsync(new DeliveryId(id), Token))!;

    /// <summary>Waits for the n-th try of all, then lets the time to the next one pass.</summary>
    private async Task PassTryAsync(int tries)
    {
        await observer.Tries.WaitForCountAsync(tries);
        await PassUntilAsync(() => observer.Tries.Items.Count > tries);
    }

    private Task PassUntilAsync(Func<bool> condition) => TestTimeouts.UntilAsync(
        () =>
        {
            if (condition())
            {
                return true;
            }

            time.Advance(Limits.OutboxPollPeriod);
            return false;
        },
        "what the passing time brings");

    private WebhookSender NewSender(TimeSpan timeout) =>
        new(new WebhookSenderOptions { AllowLoopback = true, Timeout = timeout }, new SendClock(time));

    /// <summary>The test's time, with real time-outs: passing a retry's wait must not time out a try under way.</summary>
    private sealed class SendClock(ManualTimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
    }
}
