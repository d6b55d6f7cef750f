using FastVlm.Pipeline.Captions;

namespace FastVlm.Pipeline.Cameras;

/// <summary>Why a frame did not become a caption.</summary>
public enum DropReason
{
    /// <summary>The next sample was due later.</summary>
    NotDue,

    /// <summary>A newer frame came while the model was busy, or one that shows a scene change was waiting.</summary>
    Replaced,

    /// <summary>It was too old, when sampled or when its turn came at the model.</summary>
    TooOld,

    /// <summary>The model's queue was full.</summary>
    QueueFull,

    /// <summary>The model's worker was stopping.</summary>
    EngineStopped,

    /// <summary>The model failed on it.</summary>
    Failed,

    /// <summary>The picture was black, frozen or repeating.</summary>
    BadPicture,

    /// <summary>The camera's schedule says that nobody looks now.</summary>
    OutsideSchedule,
}

/// <summary>What happened to the frames of one camera so far: every frame read is accounted for, save the one under way.</summary>
public sealed record FeedCounters
{
    public required long FramesRead { get; init; }

    /// <summary>Frames given to the model.</summary>
    public required long FramesSampled { get; init; }

    public required long FramesCaptioned { get; init; }

    /// <summary>Frames that were not captioned, by reason; every reason is present.</summary>
    public required IReadOnlyDictionary<DropReason, long> FramesDropped { get; init; }

    /// <summary>How often the source had to be opened again.</summary>
    public required long Restarts { get; init; }

    /// <summary>How many of the restarts were because the source fell silent.</summary>
    public required long Stalls { get; init; }
}

/// <summary>The running counts behind <see cref="FeedCounters"/>; written by the feed and its pipeline, read from anywhere.</summary>
internal sealed class FeedCounts
{
    private readonly long[] dropped = new long[Enum.GetValues<DropReason>().Length];
    private long framesRead;
    private long framesSampled;
    private long framesCaptioned;
    private long restarts;
    private long stalls;

    public long FramesRead => Interlocked.Read(ref framesRead);

    public void AddRead() => Interlocked.Increment(ref framesRead);

    public void AddSampled() => Interlocked.Increment(ref framesSampled);

    public void AddRestart() => Interlocked.Increment(ref restarts);

    public void AddStall() => Interlocked.Increment(ref stalls);

    public void AddDropped(DropReason reason) => Interlocked.Increment(ref dropped[(int)reason]);

    public void AddOutcome(CaptionOutcome outcome)
    {
        if (outcome is CaptionRefusal refusal)
        {
            AddDropped(refusal.Reason switch
            {
                RefusalReason.QueueFull => DropReason.QueueFull,
                RefusalReason.FrameTooOld => DropReason.TooOld,
                RefusalReason.EngineStopped => DropReason.EngineStopped,
                RefusalReason.Failed => DropReason.Failed,
                _ => throw new System.Diagnostics.UnreachableException(),
            });
            return;
        }

        Interlocked.Increment(ref framesCaptioned);
    }

    public FeedCounters Snapshot(long replacedCount)
    {
        var drops = Enum.GetValues<DropReason>().ToDictionary(reason => reason, reason => Interlocked.Read(ref dropped[(int)reason]));
        drops[DropReason.Replaced] = replacedCount;
        return new FeedCounters
        {
            FramesRead = FramesRead,
            FramesSampled = Interlocked.Read(ref framesSampled),
            FramesCaptioned = Interlocked.Read(ref framesCaptioned),
            FramesDropped = drops,
            Restarts = Interlocked.Read(ref restarts),
            Stalls = Interlocked.Read(ref stalls),
        };
    }
}
