using FastVlm.Onnx.Store;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>Decoders of other making: they concatenate their past, have 16-bit edges, or ask for unknown things.</summary>
public sealed class ForeignDecoderTests(MiniModel mini)
{
    private static readonly GenerationRequest Request = new() { Prompt = "What is it?", MaxNewTokens = 24 };

    [Fact]
    public void Grows_the_cache_of_a_graph_that_concatenates()
    {
        using var folder = new TemporaryFolder();
        var directory = WithDecoder(folder, SketchedDecoder.MixesAllRows());
        using var parts = ModelParts.Load(ModelDirectory.Open(directory), new ModelOptions { Threads = 1 });

        Assert.False(parts.Decoder.SharesBuffers);
        Assert.True(Answer(directory).Distinct().Count() > 3);
    }

    [Fact]
    public void Converts_at_16_bit_edges()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();

        var half = Answer(WithDecoder(folder, SketchedDecoder.MixesAllRows(OnnxSketch.Half)));
        var full = Answer(WithDecoder(other, SketchedDecoder.MixesAllRows()));

        Assert.Equal(full, half);
    }

    [Fact]
    public void Asks_for_one_row_of_logits_where_the_graph_can_be_asked()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        // The sketch ignores the number; that it is given at all is what counts: a graph does not run without an input.
        var limited = SketchedDecoder.MixesAllRows().Input("num_logits_to_keep", OnnxSketch.Int64);

        Assert.Equal(Answer(WithDecoder(other, SketchedDecoder.MixesAllRows())), Answer(WithDecoder(folder, limited)));
    }

    [Fact]
    public void Beams_follow_a_growing_cache()
    {
        using var folder = new TemporaryFolder();
        var directory = WithDecoder(folder, SketchedDecoder.MixesAllRows(OnnxSketch.Half));
        using var model = FastVlmModel.Load(directory, new ModelOptions { Threads = 1 });

        var answer = model.Generate(
            SamplePictures.Noise(256, 256, 1), Request with { BeamCount = 3 }, null, TestContext.Current.CancellationToken);

        Assert.NotEmpty(answer.TokenIds);
    }

    [Fact]
    public void Names_an_input_it_does_not_know()
    {
        using var folder = new TemporaryFolder();
        var directory = WithDecoder(folder, SketchedDecoder.MixesAllRows().Input("token_type_ids", OnnxSketch.Int64, -1, -1));

        var failure = Assert.Throws<FailureException>(() => FastVlmModel.Load(directory, new ModelOptions { Threads = 1 }));

        Assert.Equal(FailureKind.ModelInvalid, failure.Kind);
        Assert.Contains("token_type_ids", failure.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<int> Answer(string directory)
    {
        using var model = FastVlmModel.Load(directory, new ModelOptions { Threads = 1 });
        return model.Generate(SamplePictures.Noise(256, 256, 1), Request, null, TestContext.Current.CancellationToken).TokenIds;
    }

    private string WithDecoder(TemporaryFolder folder, OnnxSketch decoder) => SketchedDecoder.Install(mini, folder, decoder);
}
