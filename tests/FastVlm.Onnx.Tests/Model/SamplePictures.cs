using FastVlm.Pipeline.Frames;

namespace FastVlm.Onnx.Tests.Model;

internal static class SamplePictures
{
    /// <summary>Seeded noise over a slope: no two seeds, and no two places, are alike.</summary>
    public static RgbImage Noise(int widthPx, int heightPx, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[widthPx * heightPx * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(random.Next(128) + i / 3 % widthPx * 127 / widthPx);
        }

        return new RgbImage(widthPx, heightPx, pixels);
    }
}
