using FastVlm.Pipeline.Frames;

namespace FastVlm.TestKit;

/// <summary>Renders small pictures of a made-up scene, with the noise of a sensor: the same for the same seed.</summary>
public sealed class RenderedFrames(int widthPx = 96, int heightPx = 54, int seed = 1)
{
    private readonly Random random = new(seed);

    /// <summary>Noise of each pixel, levels up and down.</summary>
    public int Noise { get; init; } = 3;

    /// <summary>A frame at a time, seconds.</summary>
    /// <param name="seconds">When it was captured.</param>
    /// <param name="brightness">Brightness at a place (shares of width and height), 0 to 255.</param>
    public Frame At(double seconds, Func<double, double, double> brightness)
    {
        ArgumentNullException.ThrowIfNull(brightness);
        var pixels = new byte[widthPx * heightPx * 3];
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var value = brightness((i / 3 % widthPx + 0.5) / widthPx, (i / 3 / widthPx + 0.5) / heightPx) + random.Next(-Noise, Noise + 1);
            pixels.AsSpan(i, 3).Fill((byte)Math.Clamp(value, 0, 255));
        }

        var at = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds);
        return TestFrames.At(at) with { Image = new RgbImage(widthPx, heightPx, pixels) };
    }
}
