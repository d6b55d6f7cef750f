using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Captions;

/// <summary>A frame and what to ask about it.</summary>
public sealed record CaptionRequest
{
    public required Frame Frame { get; init; }

    public required GenerationRequest Generation { get; init; }

    /// <summary>When the frame was chosen.</summary>
    public required DateTimeOffset SampledAt { get; init; }

    /// <summary>Why it was chosen.</summary>
    public SampleReason Reason { get; init; }

    /// <summary>A frame older than this when its turn comes is refused; null for recordings, whose frames do not age.</summary>
    public TimeSpan? FrameAgeMax { get; init; }

    /// <summary>Called with each new piece of text, on the model's thread: be quick, and hand over to where you need it.</summary>
    public Action<string>? OnText { get; init; }
}

/// <summary>Turns frames into captions: in this process, or elsewhere.</summary>
public interface ICaptioner
{
    /// <summary>Never throws for a model's failure: that is an outcome too.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<CaptionOutcome> CaptionAsync(CaptionRequest request, CancellationToken cancellationToken);
}

/// <summary>Takes what came of each sampled frame: matches it, stores it, shows it. One call at a time per camera.</summary>
public interface ICaptionSink
{
    /// <param name="frame">The frame with its pixels.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="cancellationToken">The camera ends.</param>
    Task PublishAsync(Frame frame, CaptionOutcome outcome, CancellationToken cancellationToken);
}
