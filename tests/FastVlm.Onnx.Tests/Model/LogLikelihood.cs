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
        var scores = FreshPrefill.Scores(parts, picture, request.SystemPrompt, request.Prompt);
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
