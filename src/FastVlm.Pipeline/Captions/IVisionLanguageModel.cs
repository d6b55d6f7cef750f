using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Captions;

/// <summary>
/// A loaded vision-language model on one device. Not safe for concurrent use: one worker owns it. Calls block for as
/// long as the device computes, so that worker runs on a thread of its own.
/// </summary>
public interface IVisionLanguageModel : IDisposable
{
    ModelDescription Description { get; }

    /// <summary>Answers one prompt about one picture.</summary>
    /// <param name="image">The picture at any size; the model's own preprocessing is applied.</param>
    /// <param name="request">What to ask and how to choose tokens.</param>
    /// <param name="onText">Called on the calling thread with each piece of new text as it becomes printable; null to skip.</param>
    /// <param name="cancellationToken">
    /// Checked between tokens and questions: the answer so far comes back with <see cref="FinishReason.Cancelled"/>.
    /// </param>
    /// <exception cref="FailureException">The prompt is too long, or the model cannot be run.</exception>
    Generation Generate(RgbImage image, GenerationRequest request, Action<string>? onText, CancellationToken cancellationToken);
}

/// <summary>What a model is, for people and logs.</summary>
public sealed record ModelDescription
{
    public required string Name { get; init; }

    /// <summary>Licence identifier shown wherever the model is named, e.g. "Apache-2.0" or "apple-amlr (research only)".</summary>
    public required string Licence { get; init; }

    /// <summary>Side of the square the encoder sees, px.</summary>
    public required int InputSizePx { get; init; }

    /// <summary>Where it runs, e.g. "cpu" or "cuda:0".</summary>
    public required string Device { get; init; }

    /// <summary>Tokens that prompt, picture and answer share at most.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Short digest over the graphs and the tokenizer: equal digests compute equal answers.</summary>
    public required string Fingerprint { get; init; }
}

/// <summary>A prompt and how to choose the tokens of its answer. Defaults: greedy, at most 256 new tokens.</summary>
public sealed record GenerationRequest
{
    public required string Prompt { get; init; }

    /// <summary>Replaces the system message of the model's chat template; null keeps it.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>1 … context length.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>0 is greedy; above 0 samples from the softmax of logits / temperature.</summary>
    public double Temperature { get; init; }

    /// <summary>Nucleus: the smallest set of tokens whose probability reaches this value (0, 1]; null is off.</summary>
    public double? TopP { get; init; }

    /// <summary>1 is no beam search. Greedy only.</summary>
    public int BeamCount { get; init; } = 1;

    /// <summary>1 is off; above 1 makes tokens that occurred less likely (Keskar et al. 2019, as in transformers).</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Seed of the sampler: equal seeds give equal answers.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Yes/no questions about the same picture, asked after the answer: one forward step each on the picture's cached
    /// tokens, nothing is generated.
    /// </summary>
    public IReadOnlyList<string> Questions { get; init; } = [];
}

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model said it is done.</summary>
    Stop,

    /// <summary><see cref="GenerationRequest.MaxNewTokens"/> or the context was reached.</summary>
    Length,

    /// <summary>The caller cancelled between two tokens or questions.</summary>
    Cancelled,
}

/// <summary>An answer with what it cost.</summary>
public sealed record Generation
{
    public required string Text { get; init; }

    /// <summary>New tokens without prompt and stop token.</summary>
    public required IReadOnlyList<int> TokenIds { get; init; }

    public required FinishReason FinishReason { get; init; }

    /// <summary>
    /// For each of <see cref="GenerationRequest.Questions"/> the probability of "yes" against "no", 0 to 1: the softmax over
    /// the logits of both words' first tokens in all their spellings. Fewer than the questions only when cancelled.
    /// </summary>
    public IReadOnlyList<double> YesProbabilities { get; init; } = [];

    public required GenerationStatistics Statistics { get; init; }
}

/// <summary>Where the time of one call went. <c>TimeToFirstToken</c> = preprocess + encode + prefill + choosing it.</summary>
public sealed record GenerationStatistics
{
    public required TimeSpan Preprocess { get; init; }

    public required TimeSpan Encode { get; init; }

    public required TimeSpan Prefill { get; init; }

    public required TimeSpan TimeToFirstToken { get; init; }

    /// <summary>From the first token to the last.</summary>
    public required TimeSpan Decode { get; init; }

    /// <summary>All questions together.</summary>
    public TimeSpan Questions { get; init; }

    /// <summary>Text and picture tokens of the prompt.</summary>
    public required int PromptTokenCount { get; init; }

    public required int NewTokenCount { get; init; }

    /// <summary>Tokens after the first per second of <see cref="Decode"/>; 0 where there is only one.</summary>
    public double TokensPerSecond => NewTokenCount > 1 && Decode > TimeSpan.Zero ? (NewTokenCount - 1) / Decode.TotalSeconds : 0;
}
