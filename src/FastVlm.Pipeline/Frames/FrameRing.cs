namespace FastVlm.Pipeline.Frames;

/// <summary>
/// Keeps a few frames of the last seconds of one camera, thinned evenly and bounded in bytes. One writer; read from anywhere.
/// </summary>
public sealed class FrameRing : IPreRoll
{
    private readonly Lock gate = new();
    private readonly LinkedList<Frame> kept = [];
    private long keptBytes;
    private TimeSpan reach;

    /// <summary>How far back <see cref="Before"/> reaches; zero keeps nothing.</summary>
    public TimeSpan Reach
    {
        get => reach;
        set
        {
            lock (gate)
            {
                reach = value;
                if (value <= TimeSpan.Zero)
                {
                    Clear();
                }
            }
        }
    }

    /// <summary>Bytes of the pictures that are kept now.</summary>
    public long KeptBytes
    {
        get
        {
            lock (gate)
            {
                return keptBytes;
            }
        }
    }

    /// <summary>Offers a frame in the order of capture; most are passed over.</summary>
    public void Add(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        lock (gate)
        {
            if (reach <= TimeSpan.Zero)
            {
                return;
            }

            // A clock that was set back would keep old frames for ever.
            if (kept.Last?.Value.CapturedAt is { } last && frame.CapturedAt < last)
            {
                Clear();
            }
            else if (frame.CapturedAt - kept.Last?.Value.CapturedAt < Spacing)
            {
                return;
            }

            kept.AddLast(frame);
            keptBytes += frame.Image.Pixels.LongLength;
            RemoveOld(frame.CapturedAt);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Frame> Before(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        lock (gate)
        {
            var from = frame.CapturedAt - reach;
            return [.. kept.Where(f => f.CapturedAt >= from && f.CapturedAt < frame.CapturedAt).TakeLast(Limits.PreRollPicturesMax)];
        }
    }

    /// <summary>So that <see cref="Limits.PreRollPicturesMax"/> frames fill the reach, and never more often than twice a second.</summary>
    private TimeSpan Spacing =>
        reach / Limits.PreRollPicturesMax is var even && even > Limits.PreRollPeriodMin ? even : Limits.PreRollPeriodMin;

    /// <summary>A frame is asked for while the model and its rules work on it: what precedes it must still be there then.</summary>
    private void RemoveOld(DateTimeOffset now)
    {
        while (kept.First is { Value: var oldest }
            && (now - oldest.CapturedAt > reach + Limits.PreRollLag || keptBytes > Limits.PreRollBytesMax))
        {
            kept.RemoveFirst();
            keptBytes -= oldest.Image.Pixels.LongLength;
        }
    }

    private void Clear()
    {
        kept.Clear();
        keptBytes = 0;
    }
}
