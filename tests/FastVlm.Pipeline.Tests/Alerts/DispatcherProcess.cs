using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.TestKit;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>A process that delivers what a shared outbox holds to the endpoints that it holds; sends over real HTTP.</summary>
internal sealed class DispatcherProcess : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly DeliveryPlanner planner = new(new DeliveryPlannerOptions());
    private AlertDispatcher? dispatcher;
    private Task running = Task.CompletedTask;

    public DispatcherProcess(MemoryOutbox outbox)
    {
        Store = new FailingStore(outbox);
        var journal = new WakingJournal(outbox, deliveries => dispatcher!.Wake(deliveries));
        Options = new AlertDispatcherOptions
        {
            Outbox = Store,
            Recorder = new IncidentRecorder(journal, planner, Observer, Time),
            Observer = Observer,
            Sender = new WebhookSender(new WebhookSenderOptions { AllowLoopback = true }, new SendClock(Time)),
            Random = new Random(1),
        };
    }

    public ManualTimeProvider Time { get; } = new();

    public CollectingLogger Logs { get; } = new();

    public DeliveryCollector Observer { get; } = new();

    public FailingStore Store { get; }

    public AlertDispatcherOptions Options { get; set; }

    public AlertDispatcher Dispatcher => dispatcher!;

    public static Entry<EndpointId, EndpointSpec> Endpoint(string id, WebhookReceiver receiver) =>
        EndpointOf(new EndpointSpec { Url = new CameraUrl(receiver.Address.AbsoluteUri) }, id);

    public static Delivery Delivery(string id, string endpoint, string? incident = null) => new()
    {
        Id = new DeliveryId(id),
        EndpointId = new EndpointId(endpoint),
        IncidentId = incident is null ? null : new IncidentId(incident),
        EventType = WebhookEventNames.Opened,
        Payload = $$"""{"id":"{{id}}"}""",
        CreatedAt = At,
        NextAttemptAt = At,
    };

    public void Start(params Entry<EndpointId, EndpointSpec>[] endpoints)
    {
        dispatcher = new AlertDispatcher(Options, Time, Logs);
        Apply(endpoints);
        running = dispatcher.RunAsync(stop.Token);
    }

    public void Apply(params Entry<EndpointId, EndpointSpec>[] endpoints)
    {
        planner.Apply(Plant(endpoints));
        Dispatcher.Apply(Plant(endpoints));
    }

    /// <summary>Lets time pass, as the lanes wait for it, until something has come about.</summary>
    public Task PassUntilAsync(Func<bool> condition, string what) => TestTimeouts.UntilAsync(
        () =>
        {
            if (condition())
            {
                return true;
            }

            Time.Advance(Limits.OutboxPollPeriod);
            return false;
        },
        what);

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAny(running).Within("the end of the dispatcher");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    /// <summary>The test's time, with real time-outs: passing a retry's wait must not time out a try under way.</summary>
    private sealed class SendClock(ManualTimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
    }
}
