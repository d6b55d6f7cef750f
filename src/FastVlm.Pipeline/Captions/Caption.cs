using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Captions;

/// <summary>What came of asking the model about a frame: a <see cref="Caption"/> or a <see cref="CaptionRefusal"/>.</summary>
public abstract record CaptionOutcome
{
    private protected CaptionOutcome()
    {
    }

    /// <summary>The frame that was asked about.</summary>
    public required FrameMark Frame { get; init; }

    public required StageStamps Stamps { get; init; }
}

/// <summary>A model's answer about one frame, with what it cost and when each stage ended.</summary>
public sealed record Caption : CaptionOutcome
{
    public required string Prompt { get; init; }

    public required string Text { get; init; }

    public required FinishReason FinishReason { get; init; }

    public required GenerationStatistics Statistics { get; init; }

    /// <summary>Name of the model that said it.</summary>
    public required string ModelName { get; init; }

    /// <summary>The model's <see cref="ModelDescription.Fingerprint"/>.</summary>
    public string ModelFingerprint { get; init; } = "";

    /// <summary>What was asked, with its limits.</summary>
    public required GenerationRequest Parameters { get; init; }

    /// <summary>Probabilities of "yes" to <see cref="GenerationRequest.Questions"/>, in their order.</summary>
    public IReadOnlyList<double> YesProbabilities { get; init; } = [];

    /// <summary>Why the frame was looked at.</summary>
    public SampleReason Reason { get; init; }
}

/// <summary>Why a frame got no caption.</summary>
public enum RefusalReason
{
    /// <summary>More frames wait for the model than its queue holds.</summary>
    QueueFull,

    /// <summary>The frame was older than its limit when its turn came: an answer would describe the past.</summary>
    FrameTooOld,

    /// <summary>The worker is stopping or has stopped.</summary>
    EngineStopped,

    /// <summary>The model failed on this frame; <see cref="CaptionRefusal.Detail"/> says how.</summary>
    Failed,
}

/// <summary>A frame that got no caption, and why.</summary>
public sealed record CaptionRefusal : CaptionOutcome
{
    public required RefusalReason Reason { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Detail { get; init; }

    /// <summary>The kind of an expected failure; null where the model met a defect, or where nothing failed.</summary>
    public FailureKind? FailureKind { get; init; }
}

/// <summary>When a frame passed each stage, on the clock of the platform; null for stages it has not reached.</summary>
public sealed record StageStamps
{
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>Chosen for the model.</summary>
    public DateTimeOffset? SampledAt { get; init; }

    /// <summary>Handed to the model's worker.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>The model began with it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The picture's tokens are known (start + preprocessing + encoder).</summary>
    public DateTimeOffset? EncodedAt { get; init; }

    public DateTimeOffset? FirstTokenAt { get; init; }

    public DateTimeOffset? LastTokenAt { get; init; }

    /// <summary>The rules have seen the caption.</summary>
    public DateTimeOffset? MatchedAt { get; init; }

    /// <summary>Caption, incident and deliveries are on disk.</summary>
    public DateTimeOffset? StoredAt { get; init; }

    /// <summary>The alert that the frame caused has been accepted by its receiver.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }
}
