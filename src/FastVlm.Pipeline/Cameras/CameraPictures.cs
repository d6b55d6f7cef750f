using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Cameras;

/// <summary>
/// The pictures of one camera that are at hand: the frames that were looked at last, so that people see the very picture
/// that the words are about, and the seconds before them. A frame becomes a JPEG when it is first asked for: nobody looking
/// costs nothing. They stay while the camera is connected anew. Safe for concurrent use.
/// </summary>
public sealed class CameraPictures(IPictureEncoder encoder, EvidenceTaker evidence) : IEvidencePictures
{
    private const int JpegQuality = 80;

    private readonly Lock gate = new();
    private readonly Queue<Kept> kept = new();
    private volatile IPreRoll? preRoll;

    /// <summary>Of the present connection; null without one.</summary>
    public IPreRoll? PreRoll
    {
        get => preRoll;
        set => preRoll = value;
    }

    /// <summary>The model was asked about this frame.</summary>
    public void LookedAt(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        lock (gate)
        {
            kept.Enqueue(new Kept(frame, encoder));
            while (kept.Count > Limits.RecentPicturesMax)
            {
                kept.Dequeue();
            }
        }
    }

    /// <summary>The words about a frame have got their id.</summary>
    public void Captioned(CaptionRecord caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        lock (gate)
        {
            if (Find(caption.FrameIndex, caption.Stamps.CapturedAt) is { } looked)
            {
                looked.CaptionId = caption.Id;
            }
        }
    }

    /// <summary>The picture of a caption, or of the newest.</summary>
    public CameraPicture? Find(CaptionId? id)
    {
        Kept? found;
        lock (gate)
        {
            found = kept.LastOrDefault(looked => looked.CaptionId is { } own && (id is null || own == id));
        }

        return found is null ? null : new CameraPicture(found.CaptionId, found.Frame.CapturedAt, found.Jpeg.Value);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<EvidencePicture>> TakeAsync(FrameMark trigger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        Frame? frame;
        lock (gate)
        {
            frame = Find(trigger.Index, trigger.CapturedAt)?.Frame;
        }

        return Task.FromResult<IReadOnlyList<EvidencePicture>>(
            frame is null ? [] : evidence.Take(preRoll?.Before(frame) ?? [], frame));
    }

    /// <summary>Under the lock. An index begins anew with every connection, so the time has to be the same, too.</summary>
    private Kept? Find(long index, DateTimeOffset capturedAt) =>
        kept.LastOrDefault(looked => looked.Frame.Index == index && looked.Frame.CapturedAt == capturedAt);

    private sealed class Kept(Frame frame, IPictureEncoder encoder)
    {
        public Frame Frame { get; } = frame;

        public CaptionId? CaptionId { get; set; }

        public Lazy<byte[]> Jpeg { get; } = new(() => encoder.EncodeJpeg(frame.Image, JpegQuality));
    }
}
