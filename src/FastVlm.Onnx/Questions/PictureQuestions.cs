using FastVlm.Onnx.Prompts;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Questions;

/// <summary>
/// Asks yes/no questions about the picture of a prompt that the decoder has just read. The text before the picture and
/// the picture's rows stay in the key-value cache; of each question only its own text is computed, in one step. Where
/// that cannot be (other text before the picture, or a graph that cannot go on from a past) the question is read as a
/// whole, with the picture's rows as they were encoded. Not safe for concurrent use.
/// </summary>
internal sealed class PictureQuestions(ModelParts parts) : IDisposable
{
    private readonly PinnedPrompt _rows = new(parts);
    private YesNoTokens? _answers;

    /// <summary>Probabilities of "yes", in the questions' order; fewer when cancelled.</summary>
    /// <param name="questions">About the same picture as <paramref name="prompt"/>.</param>
    /// <param name="prompt">What the decoder has read.</param>
    /// <param name="promptRows">Its rows, the picture's among them.</param>
    /// <param name="run">Terminated to cancel.</param>
    /// <param name="cancellationToken">Checked before each question.</param>
    public List<double> Ask(
        IReadOnlyList<PromptTokens> questions,
        PromptTokens prompt,
        PinnedPrompt promptRows,
        RunOptions run,
        CancellationToken cancellationToken)
    {
        _answers ??= new YesNoTokens(parts.Tokenizer);
        List<double> probabilities = [];
        var inCache = prompt;
        foreach (var question in questions)
        {
            if (cancellationToken.IsCancellationRequested) break;
            try
            {
                var scores = FollowsPicture(question, inCache)
                    ? ReadRest(question, run)
                    : ReadWhole(question, prompt, promptRows, run);
                probabilities.Add(_answers.ProbabilityOfYes(scores));
                inCache = question;
            }
            catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        return probabilities;
    }

    public void Dispose() => _rows.Dispose();

    private bool FollowsPicture(PromptTokens question, PromptTokens inCache) =>
        question.After.Length > 0 && question.Before.AsSpan().SequenceEqual(inCache.Before) && parts.Decoder.CanRewind;

    private Span<float> ReadRest(PromptTokens question, RunOptions run)
    {
        parts.Decoder.Rewind(question.PictureEnd);
        _rows.Fill(question.After);
        return parts.Decoder.Prefill(_rows.Rows, question.After.Length, run);
    }

    private Span<float> ReadWhole(PromptTokens question, PromptTokens prompt, PinnedPrompt promptRows, RunOptions run)
    {
        parts.Decoder.Clear();
        _rows.Fill(question, promptRows, prompt);
        return parts.Decoder.Prefill(_rows.Rows, question.TokenCount, run);
    }
}
