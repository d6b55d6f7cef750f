using System.Numerics;
using System.Runtime.InteropServices;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Cameras;

/// <summary>What a picture's health is judged by.</summary>
internal static class PictureDigest
{
    // Sensor noise of a covered lens stays below, and so does black after lossy compression.
    private const int DarkMax = 24;

    // A burnt-in clock takes up to a fiftieth of the picture.
    private const double BrightShareMax = 0.02;

    // A scene at night has structure in its dark parts.
    private const double DarkDeviationMax = 3;

    /// <summary>
    /// 64 bits in which pictures of any real use differ when one bit of them does. Not for secrets: whoever can choose
    /// pictures can make two that agree.
    /// </summary>
    public static ulong Of(RgbImage image)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        var digest = ((ulong)image.WidthPx << 32) | (uint)image.HeightPx;
        var words = MemoryMarshal.Cast<byte, ulong>(image.Pixels);
        foreach (var word in words)
        {
            digest = BitOperations.RotateLeft((digest ^ word) * Odd, 29);
        }

        foreach (var rest in image.Pixels.AsSpan(words.Length * sizeof(ulong)))
        {
            digest = BitOperations.RotateLeft((digest ^ rest) * Odd, 29);
        }

        return digest;
    }

    /// <summary>Very dark and flat, but for a little text.</summary>
    public static bool IsBlack(RgbImage image)
    {
        var pixels = image.Pixels;
        var count = pixels.Length / 3;
        var brightMax = (int)(count * BrightShareMax);
        long sum = 0, squares = 0;
        var bright = 0;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var luma = Luma.Of(pixels[i], pixels[i + 1], pixels[i + 2]);
            if (luma <= DarkMax)
            {
                sum += luma;
                squares += luma * luma;
            }
            else if (++bright > brightMax)
            {
                return false;
            }
        }

        var dark = (double)(count - bright);
        return (squares / dark) - (sum / dark * (sum / dark)) <= DarkDeviationMax * DarkDeviationMax;
    }
}
