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
/// consumer that takes its time does not make the camera silent. Where frames may be far apart (key frames only, a slow
/// camera), it waits patiently for the first few and then allows a multiple of the longest wait among the last ones.
/// </summary>
public sealed class StallDetector
{
    /// <summary>Waits from which the source's own interval is known.</summary>
    private const int WaitsKnown = 3;

    private readonly TimeSpan firstFrameWithin;
    private readonly TimeSpan stallAfter;
    private readonly TimeSpan slowestPeriod;
    private readonly Queue<TimeSpan> waits = new();
    private bool hasFrame;
    private DateTimeOffset waitingSince;

    /// <param name="firstFrameWithin">Patience with the opening.</param>
    /// <param name="stallAfter">Silence that is never too long.</param>
    /// <param name="slowestPeriod">Time between frames that must be borne; zero where frames come often.</param>
    public StallDetector(TimeSpan firstFrameWithin, TimeSpan stallAfter, TimeSpan slowestPeriod)
    {
        this.firstFrameWithin = firstFrameWithin;
        this.stallAfter = stallAfter;
        this.slowestPeriod = slowestPeriod;
    }

    /// <summary>How long the source may be silent now.</summary>
    public TimeSpan SilenceMax => !hasFrame ? firstFrameWithin : IsSlow && Learned > stallAfter ? Learned : stallAfter;

    public void WaitStarted(DateTimeOffset now) => waitingSince = now;

    public void FrameArrived(DateTimeOffset now)
    {
        if (hasFrame)
        {
            waits.Enqueue(now - waitingSince);
            while (waits.Count > Limits.StallWaitsKept)
            {
                waits.Dequeue();
            }
        }

        hasFrame = true;
    }

    /// <summary>How long to wait until <see cref="Judge"/> can say something new.</summary>
    public TimeSpan RemainingAt(DateTimeOffset now) =>
        waitingSince + SilenceMax - now is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    public FeedVerdict Judge(DateTimeOffset now) => now - waitingSince >= SilenceMax ? FeedVerdict.Stalled : FeedVerdict.Healthy;

    private bool IsSlow => MultipleOf(slowestPeriod) > stallAfter;

    private TimeSpan Learned => MultipleOf(waits.Count < WaitsKnown ? slowestPeriod : waits.Max());

    private static TimeSpan MultipleOf(TimeSpan period) => period * Limits.StallPeriods;
}
