using System.Diagnostics;
using System.Globalization;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Silo.Tests.Measurements;

/// <summary>Reads a clip, or a folder of pictures, as raw RGB at one size.</summary>
internal static class RawFrames
{
    public static async Task<IReadOnlyList<RgbImage>> ReadAsync(string source, int widthPx, int heightPx, double ratePerSecond)
    {
        string[] input = Directory.Exists(source)
            ? ["-f", "image2", "-pattern_type", "glob", "-i", Path.Combine(source, "*.jpg")]
            : ["-i", source];
        var filter = string.Create(CultureInfo.InvariantCulture, $"scale={widthPx}:{heightPx}");
        var filters = Directory.Exists(source) ? filter : string.Create(CultureInfo.InvariantCulture, $"fps={ratePerSecond},{filter}");
        string[] arguments = ["-v", "error", .. input, "-vf", filters, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { RedirectStandardOutput = true })!;
        var frames = new List<RgbImage>();
        while (true)
        {
            var pixels = new byte[widthPx * heightPx * 3];
            if (await ffmpeg.StandardOutput.BaseStream.ReadAtLeastAsync(pixels, pixels.Length, throwOnEndOfStream: false) < pixels.Length)
            {
                break;
            }

            frames.Add(new RgbImage(widthPx, heightPx, pixels));
        }

        await ffmpeg.WaitForExitAsync();
        return frames;
    }
}
