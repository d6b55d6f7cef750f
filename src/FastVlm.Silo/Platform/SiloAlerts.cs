using System.Threading.Channels;
using FastVlm.Grains.Rules;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Platform;

/// <summary>What the alerts of a node need of the cluster.</summary>
internal sealed record SiloAlertParts
{
    public required PostgresPlatformStore Store { get; init; }

    public required ConfigurationDesk Configuration { get; init; }

    public required DeliveryPlanner Planner { get; init; }

    public required ILiveFeed Live { get; init; }

    public required IGrainFactory Grains { get; init; }

    /// <summary>Names this run of this node.</summary>
    public required string Self { get; init; }

    public required Func<LeaseMembers> Members { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    public required ILogger Logger { get; init; }
}

/// <summary>
/// The way from a stored incident to its receivers, on each node that delivers: leases say which endpoints are this node's;
/// once an opening alert was accepted, its rule's cooldown begins, wherever the rule is.
/// </summary>
internal sealed class SiloAlerts : IDeliveryObserver, IDisposable
{
    private readonly SiloAlertParts _parts;
    private readonly AlertDispatcher _dispatcher;
    private readonly EndpointLeaseKeeper _leases;
    private readonly Channel<(IncidentId Incident, DateTimeOffset At)> _accepted =
        Channel.CreateBounded<(IncidentId, DateTimeOffset)>(
            new BoundedChannelOptions(Limits.HeldBackEvidenceMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public SiloAlerts(SiloAlertParts parts, SiloSettings settings, Func<IReadOnlyCollection<int>> ownPorts)
    {
        _parts = parts;
        var (store, time, logger) = (parts.Store, parts.TimeProvider, parts.Logger);
        Recorder = new IncidentRecorder(store.Journal, parts.Planner, parts.Live, time);
        _leases = new EndpointLeaseKeeper(store.Leases, parts.Self, parts.Members, time, logger);
        var options = new AlertDispatcherOptions
        {
            Outbox = store.Outbox,
            Recorder = Recorder,
            Sender = new WebhookSender(
                new WebhookSenderOptions { AllowLoopback = settings.AllowLoopbackWebhooks, OwnPorts = ownPorts }, time),
            Observer = this,
            DisableEndpoint = DisableAsync,
            Holds = _leases.Holds,
            FindDown = FindDownAsync,
        };
        _dispatcher = new AlertDispatcher(options, time, logger);
        _leases.OnChanged = _dispatcher.Recheck;
        _leases.Quiesce = _dispatcher.QuiesceAsync;
        Desk = new WebhookDesk(_dispatcher, options, store.Journal, time);
        store.Signals.DeliveriesDue += _dispatcher.Wake;
    }

    /// <summary>For incidents that no caption caused.</summary>
    public IncidentRecorder Recorder { get; }

    public IWebhookDesk Desk { get; }

    public void Apply(PlatformConfiguration configuration)
    {
        _dispatcher.Apply(configuration);
        _leases.Apply(configuration.Endpoints.Where(endpoint => endpoint.Spec.Enabled).Select(endpoint => endpoint.Id));
    }

    /// <summary>A node came or went.</summary>
    public void Poke() => _leases.Poke();

    /// <summary>Delivers until cancelled; then nothing is under way any more and every lease is given back.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops = [_dispatcher.RunAsync(stop.Token), _leases.RunAsync(stop.Token), TellAsync(stop.Token)];
        try
        {
            await await Task.WhenAny(loops);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _leases.ReleaseAsync(CancellationToken.None);
        }
    }

    public void OnTry(Delivery delivery, DeliveryAttempt attempt)
    {
        if (delivery is { State: DeliveryState.Delivered, EventType: WebhookEventNames.Opened }
            && delivery is { IncidentId: { } incident, DeliveredAt: { } at })
        {
            _accepted.Writer.TryWrite((incident, at));
        }

        _parts.Live.Publish(new DeliveryEvent(delivery));
    }

    public void Dispose() => _parts.Store.Signals.DeliveriesDue -= _dispatcher.Wake;

    /// <summary>A rule that is not reached now reads it from the store when it is next activated.</summary>
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        await foreach (var (id, at) in _accepted.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                if (await _parts.Store.Incidents.FindAsync(id, cancellationToken) is { RuleId: { } rule, CameraId: { } camera })
                {
                    await _parts.Grains.GetGrain<IRuleGrain>(camera.Value).Told(rule.Value, at);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                _parts.Logger.TellingNotReached(id, e.Message);
            }
        }
    }

    private async Task<Incident?> FindDownAsync(EndpointId endpoint, CancellationToken cancellationToken)
    {
        var query = new IncidentQuery { State = IncidentState.Open, Kind = IncidentKind.EndpointDown, Limit = Limits.PageLengthMax };
        var open = await _parts.Store.Incidents.FindAsync(query, cancellationToken);
        return open.FirstOrDefault(incident => incident.EndpointId == endpoint);
    }

    private async Task DisableAsync(EndpointId id, string reason, CancellationToken cancellationToken)
    {
        if (_parts.Configuration.Endpoints.Find(id) is not { } endpoint)
        {
            return;
        }

        var change = await _parts.Configuration.Endpoints.ReplaceAsync(
            id, endpoint.Spec with { Enabled = false, DisabledReason = reason }, cancellationToken);
        if (change.Status != ChangeStatus.Done)
        {
            _parts.Logger.EndpointNotDisabled(endpoint.Spec.Name, reason, change.Status);
        }
    }
}
