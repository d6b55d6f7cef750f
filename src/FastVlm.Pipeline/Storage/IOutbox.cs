using FastVlm.Pipeline.Alerts;

namespace FastVlm.Pipeline.Storage;

/// <summary>Which deliveries to find.</summary>
public sealed record DeliveryQuery
{
    public EndpointId? EndpointId { get; init; }

    public IncidentId? IncidentId { get; init; }

    public DeliveryState? State { get; init; }

    /// <summary>Created at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Created before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only deliveries older than this one: the last id of the previous page.</summary>
    public DeliveryId? Before { get; init; }

    /// <summary>1 to <see cref="Limits.PageLengthMax"/>.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>Deliveries that wait and those that are done. New ones come through <see cref="IStageJournal"/>.</summary>
public interface IOutbox
{
    /// <summary>Pending deliveries of an endpoint that are due, the one due longest first.</summary>
    Task<IReadOnlyList<Delivery>> ListDueAsync(EndpointId endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>When the next pending delivery of an endpoint is due; null without one.</summary>
    Task<DateTimeOffset?> NextDueAsync(EndpointId endpoint, CancellationToken cancellationToken);

    /// <summary>Stores a try and what it makes of the delivery, in one transaction.</summary>
    Task RecordAsync(DeliveryAttempt attempt, Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Makes deliveries pending and due again; their ids stay.</summary>
    /// <returns>How many of them exist.</returns>
    Task<int> ReplayAsync(IReadOnlyList<DeliveryId> ids, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The endpoint is gone: what waits for it is cancelled.</summary>
    Task<int> CancelPendingAsync(EndpointId endpoint, string reason, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Delivery>> FindAsync(DeliveryQuery query, CancellationToken cancellationToken);

    Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken);

    /// <summary>The tries of a delivery, first to last.</summary>
    Task<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(DeliveryId id, CancellationToken cancellationToken);
}
