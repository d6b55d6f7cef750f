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

    private static ShapedValues Features(VisionRun vision, float[] pixels, long[] shape) =>
        vision.Run(new ShapedValues(pixels, shape), ["image_features"], TestContext.Current.CancellationToken).Single().Actual;
}
