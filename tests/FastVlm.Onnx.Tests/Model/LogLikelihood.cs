using FastVlm.Onnx.Prompts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>How likely a model holds an answer, computed by feeding it step by step.</summary>
internal static class LogLikelihood
{
    public static double Of(ModelParts parts, RgbImage picture, GenerationRequest request, IReadOnlyList<int> answer)
    {
        using var run = new RunOptions();
        using var rows = new PinnedPrompt(parts);
        var (before, after) = ChatTemplate.Qwen2.Format(request.SystemPrompt, request.Prompt);
        parts.Preprocessor.Prepare(picture);
        var features = parts.Encoder.Encode(parts.Preprocessor.Pixels, 1, run);
        var prompt = new PromptTokens(parts.Tokenizer.Encode(before), parts.Tokenizer.Encode(after)) { ImageTokenCount = 16 };
        rows.Fill(prompt, features);
        features.ForEach(value => value.Dispose());

        parts.Decoder.Clear();
        var scores = parts.Decoder.Prefill(rows.Rows, prompt.TokenCount, run);
        var sum = 0.0;
        foreach (var id in answer)
        {
            var total = 0.0;
            foreach (var score in scores) total += Math.Exp(score);
            sum += scores[id] - Math.Log(total);
            parts.Embedder.Embed([id], parts.Decoder.StepEmbedding, 0);
            scores = parts.Decoder.Step(run);
        }

        return sum;
    }
}
