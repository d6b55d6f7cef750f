using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// The last captioned frames of one camera, so that the dashboard shows the very picture that the words are about. A frame
/// becomes a JPEG when the first person asks for it: nobody looking costs nothing. Safe for concurrent use.
/// </summary>
internal sealed class RecentPictures(IPictureEncoder encoder)
{
    private const int JpegQuality = 80;

    private readonly Lock _lock = new();
    private readonly Queue<Kept> _kept = new();

    public void Add(CaptionId id, Frame frame)
    {
        lock (_lock)
        {
            _kept.Enqueue(new Kept(id, frame, encoder));
            while (_kept.Count > PlatformLimits.RecentPicturesMax)
            {
                _kept.Dequeue();
            }
        }
    }

    /// <summary>The picture of a caption, or the newest.</summary>
    public CameraPicture? Find(CaptionId? id)
    {
        Kept? found;
        lock (_lock)
        {
            found = id is null ? _kept.LastOrDefault() : _kept.FirstOrDefault(kept => kept.Id == id);
        }

        return found is null ? null : new CameraPicture(found.Id, found.CapturedAt, found.Jpeg.Value);
    }

    private sealed class Kept(CaptionId id, Frame frame, IPictureEncoder encoder)
    {
        public CaptionId Id { get; } = id;

        public DateTimeOffset CapturedAt { get; } = frame.CapturedAt;

        public Lazy<byte[]> Jpeg { get; } = new(() => encoder.EncodeJpeg(frame.Image, JpegQuality));
    }
}
