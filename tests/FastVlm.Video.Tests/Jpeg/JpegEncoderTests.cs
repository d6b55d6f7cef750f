using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.Video.Jpeg;

namespace FastVlm.Video.Tests.Jpeg;

/// <summary>What our encoder writes, an independent decoder (ffmpeg) reads back.</summary>
public sealed class JpegEncoderTests
{
    private readonly JpegEncoder encoder = new();

    [Theory]
    [InlineData(192, 108, 85, 4)]
    [InlineData(1024, 576, 85, 4)]
    [InlineData(1, 1, 85, 4)]
    [InlineData(17, 33, 85, 6)]
    [InlineData(192, 108, 100, 2)]
    [InlineData(192, 108, 1, 60)]
    public async Task An_independent_decoder_reads_the_picture_back(int widthPx, int heightPx, int quality, int meanErrorMax)
    {
        var image = Gradient(widthPx, heightPx);

        var jpeg = encoder.EncodeJpeg(image, quality);
        var decoded = await new PictureReader().ReadAsync(jpeg, "written.jpg", TestContext.Current.CancellationToken);

        Assert.Equal((widthPx, heightPx), (decoded.WidthPx, decoded.HeightPx));
        Assert.InRange(MeanError(image, decoded), 0, meanErrorMax);
    }

    [Fact]
    public void It_is_a_baseline_JPEG_with_halved_chroma()
    {
        var jpeg = encoder.EncodeJpeg(Gradient(64, 48), 85);

        var frameHeader = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]);
        Assert.True(frameHeader > 0, "There is no baseline frame header (SOF0).");
        Assert.Equal([0xff, 0xd8], jpeg[..2]);

        // Three components; the first sampled 2×2, the others 1×1.
        Assert.Equal(3, jpeg[frameHeader + 9]);
        Assert.Equal([0x22, 0x11, 0x11], new[] { 11, 14, 17 }.Select(offset => jpeg[frameHeader + offset]));
    }

    [Fact]
    public void Less_quality_takes_fewer_bytes()
    {
        var sizes = new[] { 30, 60, 85, 95 }.Select(quality => encoder.EncodeJpeg(Gradient(320, 180), quality).Length).ToList();

        Assert.Equal(sizes.Order(), sizes);
        Assert.Equal(4, sizes.Distinct().Count());
    }

    [Fact]
    public void Many_threads_write_the_same_bytes()
    {
        var image = Gradient(192, 108);
        var expected = encoder.EncodeJpeg(image, 85);

        var results = new byte[64][];
        Parallel.For(0, results.Length, i => results[i] = encoder.EncodeJpeg(image, 85));

        Assert.All(results, jpeg => Assert.Equal(expected, jpeg));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_quality_out_of_range_is_refused(int quality) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.EncodeJpeg(Gradient(8, 8), quality));

    [Fact]
    public void A_missing_library_is_told_with_its_remedy()
    {
        var failure = Assert.Throws<FailureException>(() => TurboJpeg.Find(["libturbojpeg-that-is-not-there.so"]));

        Assert.Equal(FailureKind.ToolMissing, failure.Kind);
        Assert.Contains("apt-get install -y --no-install-recommends libturbojpeg0", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Smooth in all three colours, and different at each corner, so that a turned or shifted picture shows.</summary>
    private static RgbImage Gradient(int widthPx, int heightPx)
    {
        var pixels = new byte[widthPx * heightPx * 3];
        for (var y = 0; y < heightPx; y++)
        {
            for (var x = 0; x < widthPx; x++)
            {
                var at = ((y * widthPx) + x) * 3;
                pixels[at] = (byte)(x * 255 / Math.Max(1, widthPx - 1));
                pixels[at + 1] = (byte)(y * 255 / Math.Max(1, heightPx - 1));
                pixels[at + 2] = (byte)(255 - (pixels[at] / 2));
            }
        }

        return new RgbImage(widthPx, heightPx, pixels);
    }

    private static double MeanError(RgbImage expected, RgbImage actual) =>
        expected.Pixels.Zip(actual.Pixels, (a, b) => Math.Abs(a - b)).Average();
}
