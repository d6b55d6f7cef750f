using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Alerts;

/// <summary>What an <see cref="AlertDispatcher"/> works with.</summary>
public sealed record AlertDispatcherOptions
{
    public required IOutbox Outbox { get; init; }

    /// <summary>Takes the incidents of endpoints that are down; null: nobody is told of them.</summary>
    public IncidentRecorder? Recorder { get; init; }

    public required WebhookSender Sender { get; init; }

    public required IDeliveryObserver Observer { get; init; }

    /// <summary>
    /// Disables an endpoint, with the reason for <see cref="Configuration.EndpointSpec.DisabledReason"/>; called again at its
    /// next failed try where that did not come about. Null: endpoints stay as they are.
    /// </summary>
    /// <exception cref="StorageException">It could not be stored.</exception>
    public Func<EndpointId, string, CancellationToken, Task>? DisableEndpoint { get; init; }

    /// <summary>Incidents that were open when the platform stopped; those of endpoints are gone on with.</summary>
    public IReadOnlyList<Incident> OpenIncidents { get; init; } = [];

    /// <summary>
    /// Whether this process delivers to an endpoint, where several share the outbox; call <see cref="AlertDispatcher.Recheck"/>
    /// when that changes. Null: to all.
    /// </summary>
    public Func<EndpointId, bool>? Holds { get; init; }

    /// <summary>
    /// The open incident of an endpoint that is taken over from another process; null: only <see cref="OpenIncidents"/> are
    /// gone on with.
    /// </summary>
    /// <exception cref="StorageException">It cannot be read now.</exception>
    public Func<EndpointId, CancellationToken, Task<Incident?>>? FindDown { get; init; }

    /// <summary>Waits between the tries of a delivery.</summary>
    public IReadOnlyList<TimeSpan> RetryWaits { get; init; } = Limits.WebhookRetryWaits;

    /// <summary>Chance in the waits.</summary>
    public Random Random { get; init; } = new();
}
