using FastVlm.Export;
using FastVlm.Onnx.Graphs;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>Every dtype that the exporter writes, and mixtures as the public directories have them.</summary>
public sealed class DtypeTests(MiniModel mini)
{
    private static readonly GenerationRequest Request = new() { Prompt = "What is it?", MaxNewTokens = 12 };

    [Theory]
    [InlineData(ModelDtype.Fp16, "fp16")]
    [InlineData(ModelDtype.Int8, "int8")]
    [InlineData(ModelDtype.Int4, "int4")]
    public void Runs_what_the_exporter_writes(ModelDtype dtype, string name)
    {
        using var folder = new TemporaryFolder();
        var directory = mini.Export(folder.Join(name), allPositionLogits: false, dtype);
        using var model = FastVlmModel.Load(directory, new ModelOptions { Threads = 1, Dtype = name });
        using var parts = ModelParts.Load(ModelDirectory.Open(directory), new ModelOptions { Threads = 1 });

        var answer = model.Generate(SamplePictures.Noise(256, 256, 1), Request, null, TestContext.Current.CancellationToken);

        Assert.Equal(12, answer.TokenIds.Count);
        Assert.True(parts.Decoder.SharesBuffers);
    }

    [Fact]
    public void Half_precision_begins_as_full_precision_does()
    {
        using var folder = new TemporaryFolder();
        using var full = FastVlmModel.Load(mini.Directory, new ModelOptions { Threads = 1 });
        using var half = FastVlmModel.Load(mini.Export(folder.Join("half"), false, ModelDtype.Fp16), new ModelOptions { Threads = 1 });
        var picture = SamplePictures.Noise(256, 256, 1);

        var expected = full.Generate(picture, Request, null, TestContext.Current.CancellationToken);
        var actual = half.Generate(picture, Request, null, TestContext.Current.CancellationToken);

        Assert.Equal(expected.TokenIds.Take(4), actual.TokenIds.Take(4));
    }

    [Fact]
    public void Takes_each_graph_in_the_dtype_it_finds()
    {
        using var folder = new TemporaryFolder();
        var directory = mini.Copy(folder);
        var int4 = mini.Export(folder.Join("int4"), allPositionLogits: true, ModelDtype.Int4);
        File.Delete(Path.Combine(directory, "onnx", "decoder_model_merged.onnx"));
        File.Delete(Path.Combine(directory, "model.json"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(int4, "onnx"), "decoder*"))
        {
            File.Copy(file, Path.Combine(directory, "onnx", Path.GetFileName(file)));
        }

        using var model = FastVlmModel.Load(directory, new ModelOptions { Threads = 1 });
        var answer = model.Generate(SamplePictures.Noise(256, 256, 1), Request, null, TestContext.Current.CancellationToken);

        Assert.Equal(12, answer.TokenIds.Count);
        Assert.EndsWith("decoder_model_merged_q4.onnx", GraphFiles.Find(directory, GraphFiles.Decoder, null), StringComparison.Ordinal);
        Assert.EndsWith("vision_encoder.onnx", GraphFiles.Find(directory, GraphFiles.VisionEncoder, "int4"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int4", "_q4f16")]
    [InlineData("q4f16", "_q4f16")]
    [InlineData("int8", "_uint8")]
    [InlineData("uint8", "_uint8")]
    [InlineData("fp16", "_fp16")]
    [InlineData("bnb4", "_fp16")]
    [InlineData(null, "_fp16")]
    public void Finds_the_public_suffixes(string? dtype, string suffix)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Join("onnx"));
        foreach (var present in new[] { "_fp16", "_q4f16", "_uint8" })
        {
            File.WriteAllText(folder.Join($"onnx/embed_tokens{present}.onnx"), "");
        }

        Assert.EndsWith($"embed_tokens{suffix}.onnx", GraphFiles.Find(folder.FullPath, GraphFiles.TokenEmbedding, dtype),
            StringComparison.Ordinal);
    }
}
