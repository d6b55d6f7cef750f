using System.Text.Json;
using FastVlm.Onnx.Images;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Onnx.Tests.Images;

public sealed class ImagePreprocessorTests
{
    private static readonly PillowCase[] Recorded = JsonSerializer.Deserialize<PillowCase[]>(
        File.ReadAllText(TestPaths.Data("pillow/pillow.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, Recorded.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Equals_Pillow_to_the_level(int index)
    {
        var recorded = Recorded[index];
        var preprocessor = new ImagePreprocessor(SettingsOf(recorded), AspectOf(recorded.Mode));

        var tiles = preprocessor.Prepare(PictureOf(recorded.Width, recorded.Height));

        Assert.Equal(recorded.Tiles, tiles);
        var expected = Convert.FromBase64String(recorded.Levels);
        var plane = recorded.Side * recorded.Side;
        for (var i = 0; i < expected.Length; i++)
        {
            var (tile, pixel, channel) = (i / (3 * plane), i / 3 % plane, i % 3);
            var value = preprocessor.Pixels[(tile * 3 + channel) * plane + pixel];
            var level = (value + (float)recorded.Mean) * 255;
            Assert.True(Math.Abs(level - expected[i]) < 0.01,
                $"{recorded}: tile {tile}, pixel {pixel}, channel {channel}: {level}, Pillow {expected[i]}");
        }
    }

    [Fact]
    public void Gives_the_same_again_after_a_picture_of_another_size()
    {
        var preprocessor = new ImagePreprocessor(SettingsOf(Recorded[0]), ImageAspect.Pad);
        preprocessor.Prepare(PictureOf(64, 36));
        var first = preprocessor.Pixels.ToArray();

        preprocessor.Prepare(PictureOf(300, 299));
        preprocessor.Prepare(PictureOf(64, 36));

        Assert.Equal(first, preprocessor.Pixels);
    }

    [Fact]
    public void Shrinks_an_8K_picture()
    {
        var preprocessor = new ImagePreprocessor(SettingsOf(Recorded[0]), ImageAspect.Pad);
        var grey = new RgbImage(7680, 4320, [.. Enumerable.Repeat((byte)128, 7680 * 4320 * 3)]);

        Assert.Equal(1, preprocessor.Prepare(grey));

        Assert.Equal(0f, preprocessor.Pixels[0]);
        Assert.Equal(128 / 255f, preprocessor.Pixels[preprocessor.SidePx * preprocessor.SidePx / 2], 1e-5f);
    }

    [Fact]
    public void Allocates_nothing_for_a_picture_of_the_size_before()
    {
        var preprocessor = new ImagePreprocessor(SettingsOf(Recorded[0]), ImageAspect.Pad);
        var picture = PictureOf(640, 360);
        preprocessor.Prepare(picture);
        preprocessor.Prepare(picture);

        var before = GC.GetAllocatedBytesForCurrentThread();
        preprocessor.Prepare(picture);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Refuses_a_picture_beyond_the_limit_with_its_size()
    {
        var preprocessor = new ImagePreprocessor(SettingsOf(Recorded[0]), ImageAspect.Pad);

        var failure = Assert.Throws<FailureException>(() => preprocessor.Prepare(new RgbImage(20_000, 1, new byte[60_000])));

        Assert.Equal(FailureKind.PictureInvalid, failure.Kind);
        Assert.Contains("20000×1", failure.Message, StringComparison.Ordinal);
    }

    private static PreprocessorSettings SettingsOf(PillowCase recorded) => new()
    {
        SidePx = recorded.Side,
        ShortestEdgePx = recorded.Side,
        Normalization = Normalization.From(1.0 / 255, [recorded.Mean, recorded.Mean, recorded.Mean], [1, 1, 1]),
        Background = new Level3((int)(recorded.Mean * 255), (int)(recorded.Mean * 255), (int)(recorded.Mean * 255)),
        Pinpoints = [(recorded.Side, 2 * recorded.Side), (2 * recorded.Side, recorded.Side), (2 * recorded.Side, 2 * recorded.Side)],
    };

    private static ImageAspect AspectOf(string mode) => mode switch
    {
        "pad" => ImageAspect.Pad,
        "crop" => ImageAspect.Crop,
        _ => ImageAspect.AnyResolution,
    };

    // The formula of make_vectors.py.
    private static RgbImage PictureOf(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            pixels[i] = (byte)((x * x * 3 + y * y * 5 + x * y * 7 + c * 89) >> 2);
        }

        return new RgbImage(width, height, pixels);
    }

    private sealed record PillowCase(int Width, int Height, string Mode, double Mean, int Side, int Tiles, string Levels)
    {
        public override string ToString() => $"{Width}×{Height} {Mode} (mean {Mean}) to {Side}";
    }
}
