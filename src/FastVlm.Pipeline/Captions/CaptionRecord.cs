using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Captions;

/// <summary>Why a frame was given to the model.</summary>
public enum SampleReason
{
    /// <summary>The next tick was due.</summary>
    Rate,

    /// <summary>The picture changed between two ticks.</summary>
    SceneChange,
}

/// <summary>A caption without its pixels: what is stored, sent to browsers and searched.</summary>
public sealed record CaptionRecord
{
    public required CaptionId Id { get; init; }

    public required CameraId CameraId { get; init; }

    public required string Text { get; init; }

    public required string Prompt { get; init; }

    public required string ModelName { get; init; }

    public SampleReason Reason { get; init; }

    /// <summary>Index of the frame within the present run of the camera.</summary>
    public long FrameIndex { get; init; }

    public required StageStamps Stamps { get; init; }

    /// <summary>Capture to last token: how old the picture was when its words were complete.</summary>
    [JsonPropertyName("frameAgeSeconds")]
    public required TimeSpan FrameAge { get; init; }

    [JsonPropertyName("timeToFirstTokenSeconds")]
    public required TimeSpan TimeToFirstToken { get; init; }

    public required int NewTokenCount { get; init; }

    /// <summary>Rules that held.</summary>
    public IReadOnlyList<RuleId> MatchedRules { get; init; } = [];

    /// <summary>Probabilities of "yes" to the question rules that were asked, by rule.</summary>
    public IReadOnlyDictionary<RuleId, double> Answers { get; init; } = new Dictionary<RuleId, double>();
}
