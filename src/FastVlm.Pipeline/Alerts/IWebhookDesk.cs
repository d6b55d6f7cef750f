using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Alerts;

/// <summary>A test message and its only try.</summary>
public sealed record WebhookTest(Delivery Delivery, DeliveryAttempt Attempt);

/// <summary>What came of asking for a replay.</summary>
public enum ReplayStatus
{
    /// <summary>The deliveries are pending and due again.</summary>
    Done,

    /// <summary>There is no such endpoint or delivery.</summary>
    NotFound,

    /// <summary>The endpoint is disabled: enable it first.</summary>
    EndpointDisabled,
}

/// <param name="Status">What came of it.</param>
/// <param name="Count">Deliveries that are due again.</param>
public readonly record struct ReplayResult(ReplayStatus Status, int Count);

/// <summary>Which deliveries of an endpoint are sent again.</summary>
public sealed record ReplayRange
{
    /// <summary>Created at or after; null is from the first.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Created before; null is to the last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Empty is <see cref="DeliveryState.Failed"/> and <see cref="DeliveryState.Cancelled"/>.</summary>
    public IReadOnlyList<DeliveryState> States { get; init; } = [];
}

/// <summary>What people do with webhooks beside configuring them.</summary>
public interface IWebhookDesk
{
    /// <summary>
    /// Sends one <c>webhook.test</c> now, also to a disabled endpoint: one try, outside the schedule, told in the log. Takes
    /// as long as the receiver, at most <see cref="Limits.WebhookTimeout"/>.
    /// </summary>
    /// <returns>Null for an unknown endpoint.</returns>
    /// <exception cref="StorageException">The message was sent, and could not be written to the log.</exception>
    Task<WebhookTest?> TestAsync(EndpointId id, CancellationToken cancellationToken);

    /// <summary>Sends a delivery again under its id, whatever became of it.</summary>
    /// <exception cref="StorageException">Nothing changed.</exception>
    Task<ReplayResult> ReplayAsync(DeliveryId id, CancellationToken cancellationToken);

    /// <summary>Sends an endpoint's deliveries of a span of time again under their ids, except test messages.</summary>
    /// <exception cref="StorageException">Some of them may be due again; repeating the call does no harm.</exception>
    Task<ReplayResult> ReplayAsync(EndpointId endpoint, ReplayRange range, CancellationToken cancellationToken);
}
