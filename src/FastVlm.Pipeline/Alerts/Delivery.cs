using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Alerts;

public enum DeliveryState
{
    /// <summary>To be sent, for the first time or again.</summary>
    Pending,

    /// <summary>The receiver accepted it (2xx).</summary>
    Delivered,

    /// <summary>Every try failed, or the receiver is gone (410).</summary>
    Failed,

    /// <summary>Its endpoint was deleted or disabled before it was accepted.</summary>
    Cancelled,
}

/// <summary>A message to one endpoint. Written in the same transaction as the incident change that it tells. Immutable.</summary>
public sealed record Delivery
{
    public required DeliveryId Id { get; init; }

    public required EndpointId EndpointId { get; init; }

    /// <summary>Null for test messages.</summary>
    public IncidentId? IncidentId { get; init; }

    /// <summary>E.g. <c>incident.opened</c>.</summary>
    public required string EventType { get; init; }

    /// <summary>The body, UTF-8 JSON, under <see cref="Limits.WebhookPayloadBytesMax"/>; the same at every try.</summary>
    public required string Payload { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DeliveryState State { get; init; } = DeliveryState.Pending;

    /// <summary>Tries made.</summary>
    public int AttemptCount { get; init; }

    /// <summary>When the next try is due; null when there is none.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>What the last try came to, one sentence; null before the first.</summary>
    public string? LastResult { get; init; }
}

/// <summary>One try of a delivery, as the log shows it. No secret and no signature key is in it.</summary>
public sealed record DeliveryAttempt
{
    public required DeliveryId DeliveryId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset At { get; init; }

    [JsonPropertyName("durationSeconds")]
    public required TimeSpan Duration { get; init; }

    /// <summary>The address that was connected to; null where it did not come to that.</summary>
    public string? RemoteAddress { get; init; }

    /// <summary>Headers that were sent.</summary>
    public IReadOnlyDictionary<string, string> RequestHeaders { get; init; } = new Dictionary<string, string>();

    public int? StatusCode { get; init; }

    /// <summary>The beginning of the answer's body, at most <see cref="Limits.WebhookResponseCharsMax"/>.</summary>
    public string? ResponseBody { get; init; }

    /// <summary>Why it did not succeed, one sentence; null where it did.</summary>
    public string? Error { get; init; }
}
