using System.Security.Cryptography;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Rules;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Incidents;

/// <summary>
/// Takes what proves an incident while it is at hand: the pictures up to the triggering one, and everything that was said
/// and decided about it. A picture that cannot be encoded is left out; the incident is opened all the same.
/// </summary>
internal sealed class EvidenceTaker(IPictureEncoder encoder, IPreRoll preRoll, ILogger logger)
{
    public static IncidentChange Attach(IncidentChange change, Look look, IReadOnlyList<EvidencePicture> pictures)
    {
        var rule = look.Rules.Rules.First(candidate => candidate.Id == change.Incident.RuleId);
        return change with
        {
            Evidence = new Evidence
            {
                Caption = look.Record,
                Rule = rule.Spec,
                Verdict = look.Verdicts.First(verdict => verdict.RuleId == rule.Id),
                ModelFingerprint = look.Caption.ModelFingerprint,
                Parameters = look.Caption.Parameters,
                Pictures = pictures,
            },
        };
    }

    /// <summary>Oldest first; the triggering frame is the last.</summary>
    public IReadOnlyList<EvidencePicture> Take(Frame trigger)
    {
        var pictures = new List<EvidencePicture>();
        foreach (var frame in preRoll.Before(trigger).Append(trigger))
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
