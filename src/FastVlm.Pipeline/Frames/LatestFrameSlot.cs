using System.Threading.Channels;

namespace FastVlm.Pipeline.Frames;

/// <summary>
/// Between the reader of a camera and its consumer: holds one frame. For live sources a new frame replaces the waiting
/// one, which is counted as dropped, so that the consumer always gets the newest. For recordings the reader waits
/// instead, so that nothing is lost. One writer, one reader.
/// </summary>
public sealed class LatestFrameSlot
{
    private readonly Channel<Frame> channel;
    private long replacedCount;

    public LatestFrameSlot(bool keepEveryFrame)
    {
        var options = new BoundedChannelOptions(Limits.FramesInSlotMax)
        {
            SingleReader = true,
            SingleWriter = true,
            FullMode = keepEveryFrame ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
        };
        channel = Channel.CreateBounded<Frame>(options, _ => Interlocked.Increment(ref replacedCount));
    }

    /// <summary>Frames that a newer one replaced before the consumer took them.</summary>
    public long ReplacedCount => Interlocked.Read(ref replacedCount);

    /// <summary>Puts a frame in; waits only where every frame is kept.</summary>
    public ValueTask PutAsync(Frame frame, CancellationToken cancellationToken) => channel.Writer.WriteAsync(frame, cancellationToken);

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
