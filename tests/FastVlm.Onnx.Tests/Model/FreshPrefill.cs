using FastVlm.Onnx.Prompts;
using FastVlm.Pipeline.Frames;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>A prompt about a picture, read as a whole by an empty decoder: what every shortcut must agree with.</summary>
internal static class FreshPrefill
{
    /// <summary>Scores of the answer's first token; the decoder goes on from here. Valid until its next run.</summary>
    public static Span<float> Scores(ModelParts parts, RgbImage picture, string? systemPrompt, string prompt)
    {
        using var run = new RunOptions();
        using var rows = new PinnedPrompt(parts);
        var (before, after) = ChatTemplate.Qwen2.Format(systemPrompt, prompt);
        var tiles = parts.Preprocessor.Prepare(picture);
        var features = parts.Encoder.Encode(parts.Preprocessor.Pixels, tiles, run);
        var tokens = new PromptTokens(parts.Tokenizer.Encode(before), parts.Tokenizer.Encode(after))
        {
            ImageTokenCount = (int)features.Sum(value => value.GetTensorTypeAndShape().ElementCount) / parts.Decoder.Shape.Width,
        };
        rows.Fill(tokens, features);
        features.ForEach(value => value.Dispose());

        parts.Decoder.Clear();
        return parts.Decoder.Prefill(rows.Rows, tokens.TokenCount, run);
    }
}
