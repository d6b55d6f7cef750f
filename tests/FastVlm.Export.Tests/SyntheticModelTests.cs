using FastVlm.Export.Synthesis;
using FastVlm.Export.Verification;
using FastVlm.Pipeline;

namespace FastVlm.Export.Tests;

public sealed class SyntheticModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ModelDtype.Fp32)]
    [InlineData(ModelDtype.Fp16)]
    [InlineData(ModelDtype.Int8)]
    [InlineData(ModelDtype.Int4)]
    public void A_synthetic_mini_model_runs_in_every_format(ModelDtype dtype)
    {
        using var scratch = new ScratchDirectory();
        var report = SyntheticModel.Write(
            new SyntheticOptions { Size = "mini", OutputDirectory = scratch["model"], Dtype = dtype },
            null,
            Cancellation);
        using var vision = VisionRun.Open(scratch["model"], dtype);
        using var decoder = DecoderRun.Open(scratch["model"], dtype);

        var features = vision
            .Run(
                new ShapedValues([.. Enumerable.Repeat(0.5f, 3 * 256 * 256)], [1, 3, 256, 256]),
                ["image_features"],
                Cancellation)
            .Single().Actual;
        var prompt = decoder.Embed([1, 2, 3], features, [4, 5]);

        Assert.Equal([1, 16, 128], features.Shape);
        Assert.All(features.Values, v => Assert.True(float.IsFinite(v)));
        Assert.All(decoder.Prefill(prompt), v => Assert.True(float.IsFinite(v)));
        Assert.True(decoder.Greedy(prompt, 8, Cancellation).All(t => t is >= 0 and < 512));
        Assert.Contains(report.Manifest.Files, f => f.Path == "tokenizer.json");
        Assert.Equal(report.Manifest.Files.Count + 1, Directory.GetFiles(scratch["model"], "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_and_another_seed_another()
    {
        using var scratch = new ScratchDirectory();

        var first = Write(scratch["first"], seed: 1);
        var again = Write(scratch["again"], seed: 1);
        var other = Write(scratch["other"], seed: 2);

        Assert.Equal(first.Manifest.Files, again.Manifest.Files);
        Assert.NotEqual(
            first.Manifest.Files.Single(f => f.Path == "onnx/vision_encoder.onnx").Sha256,
            other.Manifest.Files.Single(f => f.Path == "onnx/vision_encoder.onnx").Sha256);
    }

    [Fact]
    public void An_unknown_size_is_refused_with_the_sizes_there_are()
    {
        using var scratch = new ScratchDirectory();

        var failure = Assert.Throws<FailureException>(() =>
            SyntheticModel.Write(new SyntheticOptions { Size = "3b", OutputDirectory = scratch["model"] }, null, Cancellation));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains("mini, 0.5b, 1.5b, 7b", failure.Message, StringComparison.Ordinal);
    }

    private static ExportReport Write(string directory, int seed) =>
        SyntheticModel.Write(new SyntheticOptions { Size = "mini", OutputDirectory = directory, Seed = seed }, null, Cancellation);
}
