using FastVlm.Onnx.Choosing;
using FastVlm.Onnx.Prompts;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx;

/// <summary>
/// A model directory loaded on one device. One call is:
/// (1) preprocess: the picture becomes the encoder's square;
/// (2) encode: the square becomes rows, one per picture token;
/// (3) prefill: template and prompt around those rows go through the language model at once;
/// (4) decode: token after token, until the model stops or a limit is reached.
/// Buffers and the key-value cache are made once; memory stays flat over calls. Not safe for concurrent use.
/// </summary>
public sealed class FastVlmModel : IVisionLanguageModel
{
    private readonly ModelParts _parts;
    private readonly ChatTemplate _template;
    private readonly RunOptions _run = new();
    private readonly PinnedPrompt _prompt;

    private FastVlmModel(ModelParts parts, ModelOptions options)
    {
        _parts = parts;
        _template = options.Template;
        _prompt = new PinnedPrompt(parts);
        Description = parts.Description;
    }

    public ModelDescription Description { get; }

    /// <summary>Opens a model directory and loads it.</summary>
    /// <exception cref="FailureException">As the other overload.</exception>
    public static FastVlmModel Load(string directory, ModelOptions options) => Load(ModelDirectory.Open(directory), options);

    /// <summary>Loads a model directory: ours, or public files as they are.</summary>
    /// <param name="directory">Holds onnx/, the tokenizer and the configuration.</param>
    /// <param name="options">Device and overrides.</param>
    /// <exception cref="FailureException">
    /// ModelInvalid, TokenizerInvalid, DeviceAbsent: the message names the file or device and the remedy.
    /// </exception>
    public static FastVlmModel Load(ModelDirectory directory, ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(options);
        return new FastVlmModel(ModelParts.Load(directory, options), options);
    }

    public Generation Generate(RgbImage image, GenerationRequest request, Action<string>? onText, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        RequestLimits.Check(request, _parts);
        using var termination = cancellationToken.UnsafeRegister(static run => ((RunOptions)run!).Terminate = true, _run);
        var clock = new CallClock();
        var answer = new AnswerInProgress(_parts, request, onText, clock);
        try
        {
            var prompt = ReadPrompt(image, request, clock);
            var limit = Math.Min(request.MaxNewTokens, _parts.Decoder.ContextLength - prompt.TokenCount);
            return request.BeamCount > 1
                ? DecodeBeams(prompt, answer, limit, cancellationToken)
                : DecodeOne(prompt, answer, limit, cancellationToken);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            return answer.Complete(FinishReason.Cancelled);
        }
        catch (OnnxRuntimeException failed)
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"Model '{Description.Name}' cannot be run on {Description.Device} "
                    + $"({failed.Message.ReplaceLineEndings(" ").Trim()}); export, pull or copy it again.",
                failed);
        }
        finally
        {
            // The registration goes first, so that a late cancellation cannot stop the next call.
            termination.Dispose();
            _run.Terminate = false;
        }
    }

    public void Dispose()
    {
        _prompt.Dispose();
        _run.Dispose();
        _parts.Dispose();
    }

    private PromptTokens ReadPrompt(RgbImage image, GenerationRequest request, CallClock clock)
    {
        var (before, after) = _template.Format(request.SystemPrompt, request.Prompt);
        var prompt = new PromptTokens(_parts.Tokenizer.Encode(before), _parts.Tokenizer.Encode(after));
        RequestLimits.CheckLength(prompt, _parts);

        var tiles = _parts.Preprocessor.Prepare(image);
        clock.Preprocessed();
        var features = _parts.Encoder.Encode(_parts.Preprocessor.Pixels, tiles, _run);
        clock.Encoded();
        try
        {
            prompt = prompt with { ImageTokenCount = RowsOf(features) };
            RequestLimits.CheckLength(prompt, _parts);
            _prompt.Fill(prompt, features);
            return prompt;
        }
        finally
        {
            features.ForEach(value => value.Dispose());
        }
    }

    private Generation DecodeOne(PromptTokens prompt, AnswerInProgress answer, int limit, CancellationToken cancellationToken)
    {
        var decoder = _parts.Decoder;
        var chooser = new TokenChooser(answer.Request, prompt.TextIds);
        answer.PromptTokenCount = prompt.TokenCount;
        decoder.Clear();
        var scores = decoder.Prefill(_prompt.Rows, prompt.TokenCount, _run);
        answer.Clock.Prefilled();
        while (true)
        {
            var id = chooser.Choose(scores);
            if (_parts.StopIds.Contains(id)) return answer.Complete(FinishReason.Stop);
            answer.Add(id);
            if (answer.Count == limit) return answer.Complete(FinishReason.Length);
            if (cancellationToken.IsCancellationRequested) return answer.Complete(FinishReason.Cancelled);
            _parts.Embedder.Embed([id], decoder.StepEmbedding, 0);
            scores = decoder.Step(_run);
        }
    }

    private Generation DecodeBeams(PromptTokens prompt, AnswerInProgress answer, int limit, CancellationToken cancellationToken)
    {
        var decoder = _parts.Decoder;
        var count = answer.Request.BeamCount;
        var penalty = new RepetitionPenalty(answer.Request.RepetitionPenalty);
        penalty.Observe(prompt.TextIds);
        var search = new BeamSearch(count, _parts.StopIds, penalty);
        answer.PromptTokenCount = prompt.TokenCount;
        decoder.Clear();
        var first = decoder.Prefill(_prompt.Rows, prompt.TokenCount, _run);
        answer.Clock.Prefilled();
        // Only the first beam counts at first; the others repeat it.
        var scores = new float[count * first.Length];
        for (var beam = 0; beam < count; beam++) first.CopyTo(scores.AsSpan(beam * first.Length));
        search.Advance(scores);
        answer.Clock.TokenChosen();

        using var branches = decoder.Branch(count);
        for (var length = 1; length < limit && !search.IsDone; length++)
        {
            if (cancellationToken.IsCancellationRequested) break;
            _parts.Embedder.Embed(search.NextIds, branches.Embeddings, 0);
            search.Advance(branches.Step(search.Parents, _run));
            answer.Clock.TokenChosen();
        }

        var (ids, stopped) = search.Best();
        foreach (var id in ids) answer.Add(id);
        if (cancellationToken.IsCancellationRequested && !search.IsDone) return answer.Complete(FinishReason.Cancelled);
        return answer.Complete(stopped ? FinishReason.Stop : FinishReason.Length);
    }

    private static int RowsOf(List<OrtValue> features)
    {
        var rows = 0L;
        foreach (var value in features)
        {
            var shape = value.GetTensorTypeAndShape().Shape;
            rows += shape[..^1].Aggregate(1L, (product, dimension) => product * dimension);
        }

        return (int)rows;
    }
}
