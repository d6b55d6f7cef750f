using FastVlm.Onnx.Store;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>Decoders of other making: they concatenate their past, have 16-bit edges, or ask for unknown things.</summary>
public sealed class ForeignDecoderTests(MiniModel mini)
{
    private const int Width = 128, Vocabulary = 512, Heads = 2, HeadWidth = 64;

    private static readonly GenerationRequest Request = new() { Prompt = "What is it?", MaxNewTokens = 24 };

    [Fact]
    public void Grows_the_cache_of_a_graph_that_concatenates()
    {
        using var folder = new TemporaryFolder();
        var directory = WithDecoder(folder, Sketch(OnnxSketch.Float));
        using var parts = ModelParts.Load(ModelDirectory.Open(directory), new ModelOptions { Threads = 1 });

        Assert.False(parts.Decoder.SharesBuffers);
        Assert.True(Answer(directory).Distinct().Count() > 3);
    }

    [Fact]
    public void Converts_at_16_bit_edges()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();

        var half = Answer(WithDecoder(folder, Sketch(OnnxSketch.Half)));
        var full = Answer(WithDecoder(other, Sketch(OnnxSketch.Float)));

        Assert.Equal(full, half);
    }

    [Fact]
    public void Asks_for_one_row_of_logits_where_the_graph_can_be_asked()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        // The sketch ignores the number; that it is given at all is what counts: a graph does not run without an input.
        var limited = Sketch(OnnxSketch.Float).Input("num_logits_to_keep", OnnxSketch.Int64);

        Assert.Equal(Answer(WithDecoder(other, Sketch(OnnxSketch.Float))), Answer(WithDecoder(folder, limited)));
    }

    [Fact]
    public void Beams_follow_a_growing_cache()
    {
        using var folder = new TemporaryFolder();
        using var model = FastVlmModel.Load(WithDecoder(folder, Sketch(OnnxSketch.Half)), new ModelOptions { Threads = 1 });

        var answer = model.Generate(
            SamplePictures.Noise(256, 256, 1), Request with { BeamCount = 3 }, null, TestContext.Current.CancellationToken);

        Assert.NotEmpty(answer.TokenIds);
    }

    [Fact]
    public void Names_an_input_it_does_not_know()
    {
        using var folder = new TemporaryFolder();
        var directory = WithDecoder(folder, Sketch(OnnxSketch.Float).Input("token_type_ids", OnnxSketch.Int64, -1, -1));

        var failure = Assert.Throws<FailureException>(() => FastVlmModel.Load(directory, new ModelOptions { Threads = 1 }));

        Assert.Equal(FailureKind.ModelInvalid, failure.Kind);
        Assert.Contains("token_type_ids", failure.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<int> Answer(string directory)
    {
        using var model = FastVlmModel.Load(directory, new ModelOptions { Threads = 1 });
        return model.Generate(SamplePictures.Noise(256, 256, 1), Request, null, TestContext.Current.CancellationToken).TokenIds;
    }

    private string WithDecoder(TemporaryFolder folder, OnnxSketch decoder)
    {
        var directory = mini.Copy(folder);
        decoder.Save(Path.Combine(directory, "onnx", "decoder_model_merged.onnx"));
        return directory;
    }

    // Scores = (rows + mean of all rows so far) × W: every score depends on the whole past.
    private static OnnxSketch Sketch(int edge)
    {
        var random = new Random(3);
        var head = Enumerable.Range(0, Width * Vocabulary).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var sketch = new OnnxSketch()
            .Input("inputs_embeds", edge, -1, -1, Width)
            .Input("attention_mask", OnnxSketch.Int64, -1, -1)
            .Input("past_key_values.0.key", edge, -1, Heads, -1, HeadWidth)
            .Input("past_key_values.0.value", edge, -1, Heads, -1, HeadWidth)
            .Output("logits", edge, -1, -1, Vocabulary)
            .Output("present.0.key", edge, -1, Heads, -1, HeadWidth)
            .Output("present.0.value", edge, -1, Heads, -1, HeadWidth)
            .Constant("split", 0L, 0L, Heads, HeadWidth)
            .Constant("join", -1L, 1L, Width)
            .Constant("head", [Width, Vocabulary], head);
        return sketch
            .Node("Reshape", ["inputs_embeds", "split"], "rows")
            .Node("Transpose", ["rows"], "new", ("perm", new long[] { 0, 2, 1, 3 }))
            .Node("Concat", ["past_key_values.0.key", "new"], "present.0.key", ("axis", 2L))
            .Node("Concat", ["past_key_values.0.value", "new"], "present.0.value", ("axis", 2L))
            .Node("Cast", ["present.0.key"], "past_full", ("to", (long)OnnxSketch.Float))
            .Node("ReduceMean", ["past_full"], "mean", ("axes", new long[] { 2 }), ("keepdims", 1L))
            .Node("Reshape", ["mean", "join"], "context")
            .Node("Cast", ["inputs_embeds"], "rows_full", ("to", (long)OnnxSketch.Float))
            .Node("Add", ["rows_full", "context"], "mixed")
            .Node("MatMul", ["mixed", "head"], "scores")
            .Node("Cast", ["scores"], "logits", ("to", (long)edge));
    }
}
