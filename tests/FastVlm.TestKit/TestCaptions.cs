using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;

namespace FastVlm.TestKit;

/// <summary>Captions for tests that do not run a model.</summary>
public static class TestCaptions
{
    public const string Prompt = "Describe the picture.";

    public static Caption At(DateTimeOffset capturedAt, string text, TimeSpan? mediaTime = null) =>
        Of(TestFrames.At(capturedAt, index: 12, mediaTime ?? TimeSpan.FromSeconds(1.5)), text);

    public static Caption Of(Frame frame, string text)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new Caption
        {
            Frame = frame,
            Stamps = new StageStamps { CapturedAt = frame.CapturedAt },
            Prompt = Prompt,
            Text = text,
            FinishReason = FinishReason.Stop,
            ModelName = "fake",
            ModelFingerprint = "0123abcd",
            Parameters = new GenerationRequest { Prompt = Prompt },
            Statistics = new GenerationStatistics
            {
                Preprocess = default,
                Encode = default,
                Prefill = default,
                TimeToFirstToken = default,
                Decode = default,
                PromptTokenCount = 1,
                NewTokenCount = 1,
            },
        };
    }

    /// <summary>A caption whose request asked yes/no questions, with the answers.</summary>
    public static Caption WithAnswers(this Caption caption, params (string Question, double Yes)[] answers)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return caption with
        {
            Parameters = caption.Parameters with { Questions = [.. answers.Select(answer => answer.Question)] },
            YesProbabilities = [.. answers.Select(answer => answer.Yes)],
        };
    }

    public static CaptionRefusal Refusal(DateTimeOffset capturedAt, string detail) => new()
    {
        Frame = TestFrames.At(capturedAt),
        Stamps = new StageStamps { CapturedAt = capturedAt },
        Reason = RefusalReason.Failed,
        Detail = detail,
    };
}
