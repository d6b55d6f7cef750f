using FastVlm.Onnx.Graphs;
using FastVlm.Onnx.Prompts;
using FastVlm.Onnx.Store;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>The engine's own steps reproduce what Apple's encoder code and a plain Qwen2 compute.</summary>
public sealed class GoldenTokensTests(MiniModel mini)
{
    private static readonly GoldenTensors Golden = new();

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, null)]
    [InlineData(true, false)]
    public void Continues_the_golden_prompt_with_the_golden_tokens(bool publicLayout, bool? sharesBuffers)
    {
        var options = new ModelOptions { Threads = 1, Template = ChatTemplate.Qwen2, SharesCacheBuffers = sharesBuffers };
        using var parts = ModelParts.Load(ModelDirectory.Open(publicLayout ? mini.PublicLayout : mini.Directory), options);
        if (sharesBuffers is null) Assert.True(parts.Decoder.SharesBuffers);
        using var run = new RunOptions();
        using var rows = new PinnedPrompt(parts);
        var prompt = new PromptTokens(Golden.Integers("prompt_before_image"),
            Golden.Integers("prompt_after_image")) { ImageTokenCount = 16 };

        var features = parts.Encoder.Encode(Golden.Floats("pixel_values").AsSpan(0, 3 * 256 * 256), 1, run);
        rows.Fill(prompt, features);
        features.ForEach(value => value.Dispose());
        var tokens = Greedy(parts, rows.Rows, prompt.TokenCount, run, 24);

        Assert.Equal(Golden.Integers("greedy_tokens"), tokens);
    }

    [Fact]
    public void Encodes_the_golden_pictures_as_a_batch()
    {
        using var parts = ModelParts.Load(ModelDirectory.Open(mini.Directory), new ModelOptions { Threads = 1 });
        using var run = new RunOptions();
        var expected = Golden.Floats("image_features");

        var features = parts.Encoder.Encode(Golden.Floats("pixel_values"), 2, run);
        var actual = new float[expected.Length];
        FloatValues.CopyTo(Assert.Single(features), 0, actual);
        features[0].Dispose();

        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, largest * 1e-3f));
    }

    private static List<int> Greedy(ModelParts parts, PinnedTensor prompt, int count, RunOptions run, int newTokens)
    {
        List<int> tokens = [];
        var scores = parts.Decoder.Prefill(prompt, count, run);
        while (true)
        {
            tokens.Add(System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(scores));
            if (tokens.Count == newTokens) return tokens;
            parts.Embedder.Embed([tokens[^1]], parts.Decoder.StepEmbedding, 0);
            scores = parts.Decoder.Step(run);
        }
    }
}
