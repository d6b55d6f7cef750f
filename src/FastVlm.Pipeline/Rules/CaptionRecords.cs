using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Rules;

/// <summary>Makes the record of a caption that was judged.</summary>
public static class CaptionRecords
{
    /// <param name="caption">The caption with its frame.</param>
    /// <param name="verdicts">What the rules said.</param>
    /// <param name="matchedAt">
    /// When they had said it; also taken for the moment of storing, which a record that is being stored cannot know: the
    /// transaction follows within milliseconds.
    /// </param>
    public static CaptionRecord From(Caption caption, IReadOnlyList<RuleVerdict> verdicts, DateTimeOffset matchedAt) => new()
    {
        Id = CaptionId.New(matchedAt),
        CameraId = caption.Frame.CameraId,
        Text = caption.Text,
        Prompt = caption.Prompt,
        ModelName = caption.ModelName,
        Reason = caption.Reason,
        FrameIndex = caption.Frame.Index,
        Stamps = caption.Stamps with { MatchedAt = matchedAt, StoredAt = matchedAt },
        FrameAge = (caption.Stamps.LastTokenAt ?? matchedAt) - caption.Stamps.CapturedAt,
        TimeToFirstToken = caption.Statistics.TimeToFirstToken,
        NewTokenCount = caption.Statistics.NewTokenCount,
        MatchedRules = [.. verdicts.Where(verdict => verdict.IsMatch).Select(verdict => verdict.RuleId)],
        Answers = verdicts.Where(verdict => verdict.Probability is not null).ToDictionary(v => v.RuleId, v => v.Probability!.Value),
    };
}
