using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

internal static class TestAlerts
{
    public static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Caption Caption(string text, DateTimeOffset? at = null) => new()
    {
        Frame = TestFrames.At(at ?? At, index: 12, mediaTime: TimeSpan.FromSeconds(1.5)),
        Stamps = new StageStamps { CapturedAt = at ?? At },
        Prompt = "Describe.",
        Text = text,
        FinishReason = FinishReason.Stop,
        ModelName = "fake",
        Parameters = new GenerationRequest { Prompt = "Describe." },
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

    public static Alert Alert(string id = "alert_1") => new()
    {
        Id = id,
        EpisodeId = "episode_1",
        Kind = AlertKind.Raised,
        At = At,
        RaisedAt = At,
        Rule = "part dropped",
        Span = "part dropped",
        Why = "it matched",
        Caption = Caption("A part dropped."),
    };
}
