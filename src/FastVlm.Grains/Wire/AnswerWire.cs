using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Grains.Wire;

/// <summary>What came of a frame at a device: words, or why there are none.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.AnswerWire")]
public sealed record AnswerWire
{
    /// <summary>Null where the frame got no caption.</summary>
    [Id(0)]
    public WordsWire? Words { get; init; }

    [Id(1)]
    public RefusalReason Refusal { get; init; }

    /// <summary>Why there are no words, one sentence.</summary>
    [Id(2)]
    public string? Detail { get; init; }

    [Id(3)]
    public FailureKind? FailureKind { get; init; }

    /// <summary>When it passed the stages at the device, since its capture.</summary>
    [Id(4)]
    public required StagesWire Stages { get; init; }

    /// <summary>How busy the device is now.</summary>
    [Id(5)]
    public required LoadWire Load { get; init; }

    public static AnswerWire Of(CaptionOutcome outcome, LoadWire load)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var stages = StagesWire.Of(outcome.Stamps);
        return outcome switch
        {
            Caption caption => new AnswerWire { Words = WordsWire.Of(caption), Stages = stages, Load = load },
            CaptionRefusal refusal => new AnswerWire
            {
                Refusal = refusal.Reason,
                Detail = refusal.Detail,
                FailureKind = refusal.FailureKind,
                Stages = stages,
                Load = load,
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>The picture that came is none.</summary>
    public static AnswerWire Unreadable(FailureException failure, LoadWire load)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new AnswerWire
        {
            Refusal = RefusalReason.Failed,
            Detail = failure.Message,
            FailureKind = failure.Kind,
            Stages = new StagesWire(null, null, null, null, null),
            Load = load,
        };
    }

    /// <summary>The outcome by the clock of the camera's node.</summary>
    public CaptionOutcome ToOutcome(CaptionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var stamps = Stages.ToStamps(request.Frame.CapturedAt) with { SampledAt = request.SampledAt };
        return Words is { } words
            ? words.ToCaption(request, stamps)
            : new CaptionRefusal
            {
                Frame = request.Frame, Stamps = stamps, Reason = Refusal, Detail = Detail ?? "", FailureKind = FailureKind,
            };
    }
}

/// <summary>A device's words about a frame, and what they cost.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.WordsWire")]
public sealed record WordsWire
{
    [Id(0)]
    public required string Text { get; init; }

    [Id(1)]
    public required FinishReason FinishReason { get; init; }

    [Id(2)]
    public required string ModelName { get; init; }

    [Id(3)]
    public required string ModelFingerprint { get; init; }

    [Id(4)]
    public required double[] YesProbabilities { get; init; }

    [Id(5)]
    public required CostWire Cost { get; init; }

    public static WordsWire Of(Caption caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return new WordsWire
        {
            Text = caption.Text,
            FinishReason = caption.FinishReason,
            ModelName = caption.ModelName,
            ModelFingerprint = caption.ModelFingerprint,
            YesProbabilities = [.. caption.YesProbabilities],
            Cost = CostWire.Of(caption.Statistics),
        };
    }

    public Caption ToCaption(CaptionRequest request, StageStamps stamps)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Caption
        {
            Frame = request.Frame,
            Stamps = stamps,
            Prompt = request.Generation.Prompt,
            Text = Text,
            FinishReason = FinishReason,
            Statistics = Cost.ToStatistics(),
            ModelName = ModelName,
            ModelFingerprint = ModelFingerprint,
            Parameters = request.Generation,
            YesProbabilities = YesProbabilities,
            Reason = request.Reason,
        };
    }
}

/// <summary>Where the time of a look went.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.CostWire")]
public sealed record CostWire(
    [property: Id(0)] TimeSpan Preprocess,
    [property: Id(1)] TimeSpan Encode,
    [property: Id(2)] TimeSpan Prefill,
    [property: Id(3)] TimeSpan TimeToFirstToken,
    [property: Id(4)] TimeSpan Decode,
    [property: Id(5)] TimeSpan Questions,
    [property: Id(6)] int PromptTokenCount,
    [property: Id(7)] int NewTokenCount)
{
    public static CostWire Of(GenerationStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return new CostWire(
            statistics.Preprocess, statistics.Encode, statistics.Prefill, statistics.TimeToFirstToken, statistics.Decode,
            statistics.Questions, statistics.PromptTokenCount, statistics.NewTokenCount);
    }

    public GenerationStatistics ToStatistics() => new()
    {
        Preprocess = Preprocess,
        Encode = Encode,
        Prefill = Prefill,
        TimeToFirstToken = TimeToFirstToken,
        Decode = Decode,
        Questions = Questions,
        PromptTokenCount = PromptTokenCount,
        NewTokenCount = NewTokenCount,
    };
}

/// <summary>When a frame passed the stages at a device, since its capture; null for those it did not reach.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.StagesWire")]
public sealed record StagesWire(
    [property: Id(0)] TimeSpan? Queued,
    [property: Id(1)] TimeSpan? Started,
    [property: Id(2)] TimeSpan? Encoded,
    [property: Id(3)] TimeSpan? FirstToken,
    [property: Id(4)] TimeSpan? LastToken)
{
    public static StagesWire Of(StageStamps stamps)
    {
        ArgumentNullException.ThrowIfNull(stamps);
        var begin = stamps.CapturedAt;
        return new StagesWire(
            stamps.QueuedAt - begin, stamps.StartedAt - begin, stamps.EncodedAt - begin, stamps.FirstTokenAt - begin,
            stamps.LastTokenAt - begin);
    }

    public StageStamps ToStamps(DateTimeOffset capturedAt) => new()
    {
        CapturedAt = capturedAt,
        QueuedAt = capturedAt + Queued,
        StartedAt = capturedAt + Started,
        EncodedAt = capturedAt + Encoded,
        FirstTokenAt = capturedAt + FirstToken,
        LastTokenAt = capturedAt + LastToken,
    };
}

/// <summary>How busy a device is.</summary>
/// <param name="Waiting">Looks that wait, without the one under way.</param>
[GenerateSerializer, Immutable, Alias("fastvlm.LoadWire")]
public sealed record LoadWire([property: Id(0)] int Waiting);
