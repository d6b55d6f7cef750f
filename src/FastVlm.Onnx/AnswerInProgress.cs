using FastVlm.Onnx.Tokens;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx;

/// <summary>The tokens of one answer as they are chosen, their text, and what they cost.</summary>
internal sealed class AnswerInProgress(ModelParts parts, GenerationRequest request, Action<string>? onText, CallClock clock)
{
    private readonly List<int> _ids = [];
    private readonly TextAssembler _text = new(parts.Tokenizer);
    private FinishReason _reason;

    public GenerationRequest Request => request;

    public CallClock Clock => clock;

    public int Count => _ids.Count;

    public int PromptTokenCount { get; set; }

    /// <summary>Answers to the request's questions; fewer only where the caller cancelled.</summary>
    public IReadOnlyList<double> YesProbabilities { get; set; } = [];

    public void Add(int id)
    {
        if (request.BeamCount == 1) clock.TokenChosen();
        _ids.Add(id);
        Announce(_text.Append(id));
    }

    /// <summary>No token follows; questions may.</summary>
    public void End(FinishReason reason)
    {
        _reason = reason;
        Announce(_text.Finish());
        // The very first token may have been the stop token: then that is what the caller waited for.
        if (_ids.Count == 0 && reason == FinishReason.Stop) clock.TokenChosen();
    }

    public Generation Describe() => new()
    {
        Text = _text.Text,
        TokenIds = _ids,
        FinishReason = YesProbabilities.Count < request.Questions.Count ? FinishReason.Cancelled : _reason,
        YesProbabilities = YesProbabilities,
        Statistics = new GenerationStatistics
        {
            Preprocess = clock.Preprocess,
            Encode = clock.Encode,
            Prefill = clock.Prefill,
            TimeToFirstToken = clock.TimeToFirstToken,
            Decode = clock.Decode,
            Questions = clock.Questions,
            PromptTokenCount = PromptTokenCount,
            NewTokenCount = _ids.Count,
        },
    };

    private void Announce(ReadOnlySpan<char> text)
    {
        if (onText is not null && text.Length > 0) onText(text.ToString());
    }
}
