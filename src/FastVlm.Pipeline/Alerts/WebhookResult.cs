namespace FastVlm.Pipeline.Alerts;

/// <summary>How one try ended.</summary>
public enum WebhookAnswer
{
    /// <summary>2xx.</summary>
    Accepted,

    /// <summary>Anything else; a later try may succeed.</summary>
    NotAccepted,

    /// <summary>410: the receiver wants nothing more, ever.</summary>
    Gone,
}

/// <param name="Answer">How it ended.</param>
/// <param name="Attempt">For the log.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone; null where it does not.</param>
public sealed record WebhookResult(WebhookAnswer Answer, DeliveryAttempt Attempt, TimeSpan? RetryAfter);
