using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Incidents;

/// <summary>Everything needed to check, years later, why an incident was opened.</summary>
public sealed record Evidence
{
    public required CaptionRecord Caption { get; init; }

    /// <summary>The rule as it was then.</summary>
    public required RuleSpec Rule { get; init; }

    public required RuleVerdict Verdict { get; init; }

    /// <summary>Digest of the graphs and the tokenizer.</summary>
    public required string ModelFingerprint { get; init; }

    /// <summary>Prompt, limits and seed that gave the caption.</summary>
    public required GenerationRequest Parameters { get; init; }

    /// <summary>Oldest first; the triggering frame is the last.</summary>
    public required IReadOnlyList<EvidencePicture> Pictures { get; init; }
}

/// <summary>A picture as the model saw it: region cut, masks applied.</summary>
public sealed record EvidencePicture
{
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>The triggering frame; the others are the seconds before.</summary>
    public required bool IsTrigger { get; init; }

    public required int WidthPx { get; init; }

    public required int HeightPx { get; init; }

    /// <summary>SHA-256 of <see cref="Jpeg"/>, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>SHA-256 of the raw RGB pixels that the model was given, lower-case hex.</summary>
    public required string PixelsSha256 { get; init; }

    /// <summary>Empty where only the description was asked for.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ReadOnlyMemory<byte> Jpeg { get; init; }
}

/// <summary>A rule's judgement of one look.</summary>
public sealed record RuleVerdict
{
    public required RuleId RuleId { get; init; }

    public required bool IsMatch { get; init; }

    /// <summary>The part of the caption that matched; null without a match, and for questions.</summary>
    public string? Span { get; init; }

    /// <summary>Where <see cref="Span"/> begins, characters; -1 without one.</summary>
    public int SpanStart { get; init; } = -1;

    /// <summary>Probability of "yes"; only for questions.</summary>
    public double? Probability { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Why { get; init; }
}
