namespace FastVlm.Pipeline.Alerts;

/// <summary>Takes alerts to somewhere else. A slow or broken receiver never holds up the camera.</summary>
public interface IAlertSink
{
    /// <summary>Takes the alert for delivery; returns at once and does not throw.</summary>
    void Offer(Alert alert);
}

/// <summary>How a delivery ended.</summary>
public enum DeliveryResult
{
    /// <summary>The receiver accepted it (2xx).</summary>
    Delivered,

    /// <summary>Every try failed, or the receiver said that it is gone for good (410).</summary>
    GaveUp,

    /// <summary>Too many alerts already waited.</summary>
    QueueFull,

    /// <summary>The platform stopped before it was delivered.</summary>
    Stopped,
}

/// <summary>What became of one alert at one receiver.</summary>
public sealed record DeliveryOutcome
{
    public required Alert Alert { get; init; }

    public required DeliveryResult Result { get; init; }

    /// <summary>Tries made.</summary>
    public required int Attempts { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The last answer's status; null where there was none.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Why it was not delivered; null where it was.</summary>
    public string? Reason { get; init; }
}
