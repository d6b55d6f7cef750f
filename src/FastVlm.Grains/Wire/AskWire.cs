using FastVlm.Pipeline.Captions;

namespace FastVlm.Grains.Wire;

/// <summary>A frame and what to ask about it, on its way to a device.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.AskWire")]
public sealed record AskWire
{
    [Id(0)]
    public required FrameWire Frame { get; init; }

    [Id(1)]
    public required string Prompt { get; init; }

    [Id(2)]
    public string? SystemPrompt { get; init; }

    [Id(3)]
    public required int MaxNewTokens { get; init; }

    [Id(4)]
    public double Temperature { get; init; }

    [Id(5)]
    public double? TopP { get; init; }

    [Id(6)]
    public int BeamCount { get; init; } = 1;

    [Id(7)]
    public double RepetitionPenalty { get; init; } = 1;

    [Id(8)]
    public int Seed { get; init; }

    [Id(9)]
    public string[] Questions { get; init; } = [];

    [Id(10)]
    public TimeSpan? FrameAgeMax { get; init; }

    [Id(11)]
    public SampleReason Reason { get; init; }

    /// <summary>How long ago it was sampled, when it was sent.</summary>
    [Id(12)]
    public TimeSpan SampledAgo { get; init; }

    /// <summary>People may want to see the words as they come.</summary>
    [Id(13)]
    public bool TellsText { get; init; }

    public static AskWire Of(CaptionRequest request, FrameWire frame, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        var generation = request.Generation;
        return new AskWire
        {
            Frame = frame,
            Prompt = generation.Prompt,
            SystemPrompt = generation.SystemPrompt,
            MaxNewTokens = generation.MaxNewTokens,
            Temperature = generation.Temperature,
            TopP = generation.TopP,
            BeamCount = generation.BeamCount,
            RepetitionPenalty = generation.RepetitionPenalty,
            Seed = generation.Seed,
            Questions = [.. generation.Questions],
            FrameAgeMax = request.FrameAgeMax,
            Reason = request.Reason,
            SampledAgo = now - request.SampledAt,
            TellsText = request.OnText is not null,
        };
    }

    /// <param name="frame">The frame by this node's clock.</param>
    /// <param name="now">When it arrived.</param>
    /// <param name="onText">Gets the words as they come, where they are wanted.</param>
    public CaptionRequest ToRequest(Pipeline.Frames.Frame frame, DateTimeOffset now, Action<string> onText) => new()
    {
        Frame = frame,
        Generation = new GenerationRequest
        {
            Prompt = Prompt,
            SystemPrompt = SystemPrompt,
            MaxNewTokens = MaxNewTokens,
            Temperature = Temperature,
            TopP = TopP,
            BeamCount = BeamCount,
            RepetitionPenalty = RepetitionPenalty,
            Seed = Seed,
            Questions = Questions,
        },
        SampledAt = now - SampledAgo,
        Reason = Reason,
        FrameAgeMax = FrameAgeMax,
        OnText = TellsText ? onText : null,
    };
}
