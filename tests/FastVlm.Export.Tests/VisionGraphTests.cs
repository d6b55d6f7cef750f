using FastVlm.Export.Verification;

namespace FastVlm.Export.Tests;

/// <summary>What callers of the vision graph rely on, on the golden model.</summary>
public sealed class VisionGraphTests
{
    [Theory]
    [InlineData(64, 64, 1)]
    [InlineData(128, 320, 10)]
    [InlineData(448, 192, 21)]
    [InlineData(100, 130, 6)]
    public void Any_height_and_width_run_and_a_batch_gives_what_each_picture_gives(int height, int width, int tokens)
    {
        using var scratch = new ScratchDirectory();
        CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = GoldenMini.Directory, OutputDirectory = scratch["model"] },
            null, TestContext.Current.CancellationToken);
        using var vision = VisionRun.Open(scratch["model"], ModelDtype.Fp32);
        var random = new Random(5);
        var pixels = Enumerable.Range(0, 2 * 3 * height * width).Select(_ => random.NextSingle()).ToArray();

        var both = Features(vision, pixels, [2, 3, height, width]);
        var first = Features(vision, pixels[..(pixels.Length / 2)], [1, 3, height, width]);
        var second = Features(vision, pixels[(pixels.Length / 2)..], [1, 3, height, width]);

        Assert.Equal([2, tokens, 128], both.Shape);
        float[] apart = [.. first.Values, .. second.Values];
        Assert.InRange(apart.Zip(both.Values, (a, b) => Math.Abs(a - b)).Max() / apart.Max(Math.Abs), 0, 1e-5f);
    }

    [Fact]
    public void In_fp16_everything_from_the_first_attention_stages_down_sampling_on_is_summed_in_32_bits()
    {
        using var scratch = new ScratchDirectory();
        CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = GoldenMini.Directory, OutputDirectory = scratch["model"], Dtype = ModelDtype.Fp16 },
            null, TestContext.Current.CancellationToken);

        using var session = GraphSession.Open(scratch["model"], "vision_encoder", ModelDtype.Fp16);

        Assert.Equal(
            "stem=Float16,network.0=Float16,network.1=Float16,network.2=Float16,network.3=Float16,network.4=Float16,"
            + "network.5=Float,network.6=Float,network.7=Float,network.8=Float,network.9=Float,network.10=Float,conv_exp=Float",
            session.ModelMetadata.CustomMetadataMap["fastvlm.landmarks"]);
    }

    private static ShapedValues Features(VisionRun vision, float[] pixels, long[] shape) =>
        vision.Run(new ShapedValues(pixels, shape), ["image_features"], TestContext.Current.CancellationToken).Single().Actual;
}
