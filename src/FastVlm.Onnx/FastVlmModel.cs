using FastVlm.Onnx.Choosing;
using FastVlm.Onnx.Prompts;
using FastVlm.Onnx.Questions;
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
/// (4) decode: token after token, until the model stops or a limit is reached;
/// (5) questions: back to the end of the picture's rows, and one step for each yes/no question.
/// Buffers and the key-value cache are made once; memory stays flat over calls. Not safe for concurrent use.
/// </summary>
public sealed class FastVlmModel : IVisionLanguageModel
{
    private readonly ModelParts _parts;
    private readonly ChatTemplate _template;
    private readonly RunOptions _run = new();
    private readonly PinnedPrompt _prompt;
    private readonly PictureQuestions _questions;

    private FastVlmModel(ModelParts parts, ModelOptions options)
    {
        _parts = parts;
        _template = options.Template;
        _prompt = new PinnedPrompt(parts);
        _questions = new PictureQuestions(parts);
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
            var (prompt, questions) = ReadPrompt(image, request, clock);
            var limit = Math.Min(request.MaxNewTokens, _parts.Decoder.ContextLength - prompt.TokenCount);
            answer.End(request.BeamCount > 1
                ? DecodeBeams(prompt, answer, limit, cancellationToken)
                : DecodeOne(prompt, answer, limit, cancellationToken));
            if (questions.Count > 0) AskQuestions(questions, prompt, answer, cancellationToken);
            return answer.Describe();
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            answer.End(FinishReason.Cancelled);
            return answer.Describe();
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
        _questions.Dispose();
        _prompt.Dispose();
        _run.Dispose();
        _parts.Dispose();
    }

    private (PromptTokens Prompt, List<PromptTokens> Questions) ReadPrompt(RgbImage image, GenerationRequest request, CallClock clock)
    {
        var prompt = Tokenize(request.SystemPrompt, request.Prompt);
        List<PromptTokens> questions = [.. request.Questions.Select(question => Tokenize(request.SystemPrompt, question))];
        RequestLimits.CheckLengths(prompt, questions, _parts);

        var tiles = _parts.Preprocessor.Prepare(image);
        clock.Preprocessed();
        var features = _parts.Encoder.Encode(_parts.Preprocessor.Pixels, tiles, _run);
        clock.Encoded();
        try
        {
            var rows = RowsOf(features);
            prompt = prompt with { ImageTokenCount = rows };
            questions = [.. questions.Select(question => question with { ImageTokenCount = rows })];
            RequestLimits.CheckLengths(prompt, questions, _parts);
            _prompt.Fill(prompt, features);
            return (prompt, questions);
        }
        finally
        {
            features.ForEach(value => value.Dispose());
        }
    }

    private PromptTokens Tokenize(string? systemPrompt, string prompt)
    {
        var (before, after) = _template.Format(systemPrompt, prompt);
        return new PromptTokens(_parts.Tokenizer.Encode(before), _parts.Tokenizer.Encode(after));
    }

    private FinishReason DecodeOne(PromptTokens prompt, AnswerInProgress answer, int limit, CancellationToken cancellationToken)
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
            if (_parts.StopIds.Contains(id)) return FinishReason.Stop;
            answer.Add(id);
            if (answer.Count == limit) return FinishReason.Length;
            if (cancellationToken.IsCancellationRequested) return FinishReason.Cancelled;
            _parts.Embedder.Embed([id], decoder.StepEmbedding, 0);
            scores = decoder.Step(_run);
        }
    }

    private FinishReason DecodeBeams(PromptTokens prompt, AnswerInProgress answer, int limit, CancellationToken cancellationToken)
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
        if (cancellationToken.IsCancellationRequested && !search.IsDone) return FinishReason.Cancelled;
        return stopped ? FinishReason.Stop : FinishReason.Length;
    }

    private void AskQuestions(
        List<PromptTokens> questions, PromptTokens prompt, AnswerInProgress answer, CancellationToken cancellationToken)
    {
        answer.Clock.Answered();
        answer.YesProbabilities = _questions.Ask(questions, prompt, _prompt, _run, cancellationToken);
        answer.Clock.Questioned();
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
