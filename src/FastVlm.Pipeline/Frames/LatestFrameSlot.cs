using System.Threading.Channels;

namespace FastVlm.Pipeline.Frames;

/// <summary>
/// Between the reader of a camera and its consumer: holds one frame. For live sources a new frame replaces the waiting
/// one, so that the consumer always gets the newest; but one that shows a scene change stays until it is taken, grows
/// stale, or a newer scene change comes, so that an event is looked at even when the model was busy. What is lost so is
/// counted. For recordings the reader waits instead, so that nothing is lost. One writer, one reader.
/// </summary>
public sealed class LatestFrameSlot
{
    private readonly bool keepEveryFrame;
    private readonly Channel<Frame> channel;
    private long replacedCount;
    private long freshTicks = Limits.FrameAgeMax.Ticks;

    public LatestFrameSlot(bool keepEveryFrame)
    {
        this.keepEveryFrame = keepEveryFrame;
        var options = new BoundedChannelOptions(Limits.FramesInSlotMax)
        {
            FullMode = keepEveryFrame ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
        };
        channel = Channel.CreateBounded<Frame>(options, _ => Interlocked.Increment(ref replacedCount));
    }

    /// <summary>Frames that were lost before the consumer took them, to a newer one or to a waiting scene change.</summary>
    public long ReplacedCount => Interlocked.Read(ref replacedCount);

    /// <summary>How long a scene change is kept against newer frames.</summary>
    public TimeSpan FreshnessLimit
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref freshTicks));
        set => Interlocked.Exchange(ref freshTicks, value.Ticks);
    }

    /// <summary>Puts a frame in; waits only where every frame is kept.</summary>
    public ValueTask PutAsync(Frame frame, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(frame);

        // Should the reader take the waiting frame just now, one ordinary frame is lost between two others.
        if (!keepEveryFrame
            && !frame.IsSceneChange
            && channel.Reader.TryPeek(out var waiting)
            && waiting.IsSceneChange
            && frame.CapturedAt - waiting.CapturedAt <= FreshnessLimit)
        {
            Interlocked.Increment(ref replacedCount);
            return ValueTask.CompletedTask;
        }

        return channel.Writer.WriteAsync(frame, cancellationToken);
    }

    /// <summary>No more frames will come; with the failure that ended them, if any.</summary>
    public void Complete(Exception? failure = null) => channel.Writer.TryComplete(failure);

    /// <summary>Takes the frame, waiting for one; null when there will be no more.</summary>
    /// <exception cref="FailureException">The source failed for good.</exception>
    public async ValueTask<Frame?> TakeAsync(CancellationToken cancellationToken)
    {
        while (await channel.Reader.WaitToReadAsync(cancellationToken))
        {
            if (channel.Reader.TryRead(out var frame))
            {
                return frame;
            }
        }

        return null;
    }
}
