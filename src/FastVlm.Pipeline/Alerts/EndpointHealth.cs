namespace FastVlm.Pipeline.Alerts;

/// <summary>What a try says of its endpoint.</summary>
public enum EndpointVerdict
{
    /// <summary>Nothing new: it works as before, or too little is known.</summary>
    Unchanged,

    /// <summary>It accepts nothing: people are to be told.</summary>
    Down,

    /// <summary>It is still down.</summary>
    StillDown,

    /// <summary>It accepts again.</summary>
    Up,

    /// <summary>It has been down for so long, or said that it is gone for good, that it is to be disabled; it counts as down.</summary>
    Abandon,
}

/// <summary>
/// Judges one endpoint by the tries of all its deliveries: down after <see cref="Limits.EndpointDownAfterFailures"/> failed
/// ones in a row over <see cref="Limits.EndpointDownAfter"/>, up with the first that is accepted, abandoned after
/// <see cref="Limits.EndpointAbandonAfterFailures"/> over <see cref="Limits.EndpointAbandonAfter"/> or with 410.
/// </summary>
public sealed class EndpointHealth
{
    private int failureCount;
    private DateTimeOffset failingSince;

    /// <param name="downSince">It was down when the platform stopped; null where not.</param>
    public EndpointHealth(DateTimeOffset? downSince)
    {
        if (downSince is { } since)
        {
            IsDown = true;
            failureCount = Limits.EndpointDownAfterFailures;
            failingSince = since;
        }
    }

    public bool IsDown { get; private set; }

    /// <summary>Failed tries in a row.</summary>
    public int FailureCount => failureCount;

    /// <param name="answer">How the try ended.</param>
    /// <param name="at">When; tries come in the order of their ends.</param>
    public EndpointVerdict Advance(WebhookAnswer answer, DateTimeOffset at)
    {
        var wasDown = IsDown;
        if (answer == WebhookAnswer.Accepted)
        {
            IsDown = false;
            failureCount = 0;
            return wasDown ? EndpointVerdict.Up : EndpointVerdict.Unchanged;
        }

        failingSince = failureCount == 0 ? at : failingSince;
        failureCount++;
        if (answer == WebhookAnswer.Gone || HasFailed(Limits.EndpointAbandonAfterFailures, Limits.EndpointAbandonAfter, at))
        {
            IsDown = true;
            return EndpointVerdict.Abandon;
        }

        IsDown = wasDown || HasFailed(Limits.EndpointDownAfterFailures, Limits.EndpointDownAfter, at);
        return wasDown ? EndpointVerdict.StillDown
            : IsDown ? EndpointVerdict.Down
            : EndpointVerdict.Unchanged;
    }

    private bool HasFailed(int times, TimeSpan over, DateTimeOffset at) => failureCount >= times && at - failingSince >= over;
}
