using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>What messages tell of the evidence: no bytes of pictures.</summary>
internal sealed record EvidenceDigest
{
    public required CaptionRecord Caption { get; init; }

    public required RuleVerdict Verdict { get; init; }

    public required string ModelFingerprint { get; init; }

    /// <summary>The last ones, with their index among all; the triggering frame is the last.</summary>
    public required IReadOnlyList<(int Index, EvidencePicture Picture)> Pictures { get; init; }

    public static EvidenceDigest Of(Evidence evidence) => new()
    {
        Caption = evidence.Caption,
        Verdict = evidence.Verdict,
        ModelFingerprint = evidence.ModelFingerprint,
        Pictures =
        [
            .. evidence.Pictures
                .Select((picture, index) => (index, picture with { Jpeg = default }))
                .TakeLast(Limits.WebhookPicturesMax),
        ],
    };
}
