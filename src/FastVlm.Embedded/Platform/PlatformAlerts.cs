using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;

namespace FastVlm.Embedded.Platform;

/// <summary>The way from a stored incident to its receivers, put together; sees what came of each delivery.</summary>
internal sealed class PlatformAlerts : IDeliveryObserver
{
    private readonly AlertDispatcher _dispatcher;
    private readonly ConfigurationDesk _configuration;
    private readonly ILiveFeed _live;
    private readonly EarlierRun _earlier;
    private readonly PlatformParts _parts;

    public PlatformAlerts(
        PlatformOptions options,
        PlatformParts parts,
        SqlitePlatformStore store,
        ConfigurationDesk configuration,
        ILiveFeed live,
        EarlierRun earlier,
        Func<IReadOnlyCollection<int>> ownPorts)
    {
        (_configuration, _live, _earlier, _parts) = (configuration, live, earlier, parts);
        Cooldowns.Restore(earlier.LastTold);
        Planner = new DeliveryPlanner(new DeliveryPlannerOptions { DashboardAddress = options.PublicUrl });
        Journal = new WakingJournal(store.Journal, deliveries => _dispatcher!.Wake(deliveries));
        Recorder = new IncidentRecorder(Journal, Planner, live, parts.TimeProvider);
        var dispatcher = new AlertDispatcherOptions
        {
            Outbox = store.Outbox,
            Recorder = Recorder,
            Sender = new WebhookSender(
                new WebhookSenderOptions { AllowLoopback = options.AllowLoopbackWebhooks, OwnPorts = ownPorts }, parts.TimeProvider),
            Observer = this,
            DisableEndpoint = DisableAsync,
            OpenIncidents = earlier.OpenIncidents,
        };
        _dispatcher = new AlertDispatcher(dispatcher, parts.TimeProvider, parts.Logger);
        Desk = new WebhookDesk(_dispatcher, dispatcher, store.Journal, parts.TimeProvider);
    }

    public DeliveryPlanner Planner { get; }

    /// <summary>Stores, then wakes the dispatcher for what was stored.</summary>
    public IStageJournal Journal { get; }

    /// <summary>For incidents that no caption caused.</summary>
    public IncidentRecorder Recorder { get; }

    public CooldownLedger Cooldowns { get; } = new();

    public IWebhookDesk Desk { get; }

    public void Apply(PlatformConfiguration configuration)
    {
        Planner.Apply(configuration);
        _dispatcher.Apply(configuration);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _dispatcher.RunAsync(cancellationToken);

    public void OnTry(Delivery delivery, DeliveryAttempt attempt)
    {
        if (delivery is { State: DeliveryState.Delivered, EventType: WebhookEventNames.Opened }
            && delivery is { IncidentId: { } incident, DeliveredAt: { } at }
            && !Cooldowns.Delivered(incident, at)
            && _earlier.TellingOf.TryGetValue(incident, out var key))
        {
            Cooldowns.Delivered(key.Rule, key.Camera, at);
        }

        _live.Publish(new DeliveryEvent(delivery));
    }

    private async Task DisableAsync(EndpointId id, string reason, CancellationToken cancellationToken)
    {
        if (_configuration.Endpoints.Find(id) is not { } endpoint)
        {
            return;
        }

        var change = await _configuration.Endpoints.ReplaceAsync(
            id, endpoint.Spec with { Enabled = false, DisabledReason = reason }, cancellationToken);
        if (change.Status != ChangeStatus.Done)
        {
            _parts.Logger.EndpointNotDisabled(endpoint.Spec.Name, reason, change.Status);
        }
    }
}
