namespace FastVlm.Pipeline.Cameras;

/// <summary>What to think of a source that is being read.</summary>
public enum FeedVerdict
{
    Healthy,

    /// <summary>No frame came for too long; the source must be opened anew.</summary>
    Stalled,
}

/// <summary>
/// Decides when a source that sends nothing has stalled. Only the time that is spent waiting for the source counts: a
/// consumer that takes its time does not make the camera silent.
/// </summary>
public sealed class StallDetector(TimeSpan firstFrameWithin, TimeSpan stallAfter)
{
    private bool hasFrame;
    private DateTimeOffset waitingSince;

    /// <summary>How long the source may be silent now.</summary>
    public TimeSpan SilenceMax => hasFrame ? stallAfter : firstFrameWithin;

    public void WaitStarted(DateTimeOffset now) => waitingSince = now;

    public void FrameArrived() => hasFrame = true;

    /// <summary>How long to wait until <see cref="Judge"/> can say something new.</summary>
    public TimeSpan RemainingAt(DateTimeOffset now) =>
        waitingSince + SilenceMax - now is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    public FeedVerdict Judge(DateTimeOffset now) => now - waitingSince >= SilenceMax ? FeedVerdict.Stalled : FeedVerdict.Healthy;
}
