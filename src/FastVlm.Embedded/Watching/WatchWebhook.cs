using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Watching;

/// <summary>How a message to the webhook ended.</summary>
internal enum WatchDeliveryResult
{
    /// <summary>The receiver accepted it (2xx).</summary>
    Delivered,

    /// <summary>Every try failed, or the receiver said that it is gone for good (410).</summary>
    Failed,

    /// <summary>Too many newer messages waited.</summary>
    Dropped,

    /// <summary>The watch ended before it was accepted.</summary>
    Stopped,
}

/// <param name="Delivery">The message after its last try.</param>
/// <param name="Result">How it ended.</param>
/// <param name="StatusCode">The last answer's status; null where there was none.</param>
internal sealed record WatchDelivery(Delivery Delivery, WatchDeliveryResult Result, int? StatusCode);

/// <summary>
/// The one webhook of a watch: the platform's planner and dispatcher over an outbox in memory. The address was given by
/// hand on the command line, so that receivers on this machine and in private networks are allowed.
/// </summary>
internal sealed class WatchWebhook : IDeliveryObserver
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(50);

    private readonly Action<WatchDelivery> _told;
    private readonly TimeProvider _time;
    private readonly MemoryOutbox _outbox;
    private readonly DeliveryPlanner _planner = new(new DeliveryPlannerOptions());
    private readonly AlertDispatcher _dispatcher;
    private readonly EndpointId _endpoint;

    /// <param name="plan">The camera, its rules and the webhook.</param>
    /// <param name="told">Told how each message ended, on the webhook's own flow: be quick and do not throw.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Is told of tries; of the address only the host.</param>
    public WatchWebhook(WatchPlan plan, Action<WatchDelivery> told, TimeProvider timeProvider, ILogger logger)
    {
        _told = told;
        _time = timeProvider;
        _outbox = new MemoryOutbox { OnDropped = delivery => told(new(delivery, WatchDeliveryResult.Dropped, null)) };
        _dispatcher = new AlertDispatcher(
            new AlertDispatcherOptions
            {
                Outbox = _outbox,
                Sender = new WebhookSender(new WebhookSenderOptions { AllowLoopback = true }, timeProvider),
                Observer = this,
            },
            timeProvider,
            logger);
        var configuration = ConfigurationOf(plan, plan.Webhook!, timeProvider.GetUtcNow());
        _endpoint = configuration.Endpoints[0].Id;
        _planner.Apply(configuration);
        _dispatcher.Apply(configuration);
    }

    /// <summary>Queues the message that tells of a change; never waits for the receiver.</summary>
    public async Task TellAsync(IncidentChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deliveries = _planner.Plan(change, now);
        await _outbox.AppendAsync(new StageEntry { Deliveries = deliveries }, cancellationToken);
        _dispatcher.Wake(deliveries);
    }

    /// <summary>Delivers until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _dispatcher.RunAsync(cancellationToken);

    /// <summary>Nothing more will be told: waits for what can still be sent within the grace.</summary>
    public async Task DrainAsync(TimeSpan grace)
    {
        var end = _time.GetUtcNow() + grace;
        while (_time.GetUtcNow() < end && await _outbox.NextDueAsync(_endpoint, CancellationToken.None) <= end)
        {
            await Task.Delay(LookPeriod, _time, CancellationToken.None);
        }
    }

    /// <summary>After the end of <see cref="RunAsync"/>: tells what was not accepted.</summary>
    public async Task TellStoppedAsync()
    {
        var pending = new DeliveryQuery { State = DeliveryState.Pending, Limit = Limits.MemoryOutboxLengthMax };
        foreach (var delivery in (await _outbox.FindAsync(pending, CancellationToken.None)).Reverse())
        {
            _told(new WatchDelivery(delivery, WatchDeliveryResult.Stopped, null));
        }
    }

    void IDeliveryObserver.OnTry(Delivery delivery, DeliveryAttempt attempt)
    {
        if (delivery.State != DeliveryState.Pending)
        {
            var result = delivery.State == DeliveryState.Delivered ? WatchDeliveryResult.Delivered : WatchDeliveryResult.Failed;
            _told(new WatchDelivery(delivery, result, attempt.StatusCode));
        }
    }

    private static PlatformConfiguration ConfigurationOf(WatchPlan plan, WebhookPlan webhook, DateTimeOffset now) => new()
    {
        Cameras = [Entry(plan.CameraId, new CameraSpec { Name = plan.CameraId.Value })],
        Rules = [.. plan.Rules.Rules.Select(rule => Entry(rule.Id, rule.Spec))],
        Endpoints =
        [
            new()
            {
                Id = EndpointId.New(now),
                Spec = new EndpointSpec
                {
                    // Paths and queries of webhook addresses are often secrets themselves: only the host is printed.
                    Name = webhook.Address.Authority.Split('@')[^1],
                    Url = new CameraUrl(webhook.Address.OriginalString),
                    Secrets = [.. webhook.Secrets],
                    AllowPrivateNetwork = true,
                },
                CreatedAt = now,
                UpdatedAt = now,
            },
        ],
    };

    private static Entry<TId, TSpec> Entry<TId, TSpec>(TId id, TSpec spec) => new()
    {
        Id = id,
        Spec = spec,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
