using System.Security.Cryptography;
using FastVlm.Pipeline.Frames;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Incidents;

/// <summary>The pictures that prove an incident, from wherever the camera's frames are.</summary>
public interface IEvidencePictures
{
    /// <summary>Oldest first; the triggering frame is the last. Fewer, or none, where they are gone or cannot be encoded.</summary>
    Task<IReadOnlyList<EvidencePicture>> TakeAsync(FrameMark trigger, CancellationToken cancellationToken);
}

/// <summary>
/// Makes evidence of frames while they are at hand. A picture that cannot be encoded is left out; the incident is opened all
/// the same.
/// </summary>
public sealed class EvidenceTaker(IPictureEncoder encoder, ILogger logger)
{
    /// <param name="before">Kept frames of the seconds before, oldest first.</param>
    /// <param name="trigger">The triggering frame, the last of the pictures.</param>
    public IReadOnlyList<EvidencePicture> Take(IReadOnlyList<Frame> before, Frame trigger)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(trigger);
        var pictures = new List<EvidencePicture>();
        foreach (var frame in before.Append(trigger))
        {
            try
            {
                pictures.Add(PictureOf(frame, isTrigger: ReferenceEquals(frame, trigger)));
            }
            catch (FailureException failure)
            {
                logger.EvidenceMissing(trigger.CameraId, failure.Message);
            }
        }

        return pictures;
    }

    private EvidencePicture PictureOf(Frame frame, bool isTrigger)
    {
        var jpeg = encoder.EncodeJpeg(frame.Image, Limits.EvidenceQuality);
        return new EvidencePicture
        {
            CapturedAt = frame.CapturedAt,
            IsTrigger = isTrigger,
            WidthPx = frame.Image.WidthPx,
            HeightPx = frame.Image.HeightPx,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(jpeg)),
            PixelsSha256 = Convert.ToHexStringLower(SHA256.HashData(frame.Image.Pixels)),
            Jpeg = jpeg,
        };
    }
}
