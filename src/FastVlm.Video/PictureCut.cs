using FastVlm.Pipeline.Configuration;

namespace FastVlm.Video;

/// <summary>A rectangle of pixels.</summary>
internal readonly record struct PixelArea(int X, int Y, int WidthPx, int HeightPx);

/// <summary>
/// Which pixels of a picture a region means. Even numbers, because chroma is stored for pairs of pixels. ffmpeg computes the
/// same from <see cref="Filter"/>.
/// </summary>
internal static class PictureCut
{
    /// <summary>The filter that cuts the region out; it stands before everything that scales.</summary>
    public static string Filter(RegionSpec region)
    {
        var width = $"max(2,2*floor(iw*{Text(region.Width)}/2))";
        var height = $"max(2,2*floor(ih*{Text(region.Height)}/2))";
        return $"crop=w='{width}':h='{height}':x='min(2*floor(iw*{Text(region.X)}/2),iw-ow)':y='min(2*floor(ih*{Text(region.Y)}/2),ih-oh)'";
    }

    /// <summary>What the filter cuts out of a picture of the given size; all of it without a region.</summary>
    public static PixelArea Of(RegionSpec? region, int widthPx, int heightPx)
    {
        if (region is null)
        {
            return new PixelArea(0, 0, widthPx, heightPx);
        }

        var width = Math.Max(2, Even(widthPx * Rounded(region.Width)));
        var height = Math.Max(2, Even(heightPx * Rounded(region.Height)));
        return new PixelArea(
            Math.Min(Even(widthPx * Rounded(region.X)), widthPx - width),
            Math.Min(Even(heightPx * Rounded(region.Y)), heightPx - height),
            width,
            height);
    }

    private static int Even(double length) => 2 * (int)Math.Floor(length / 2);

    // What ffmpeg reads is what we compute with.
    private static double Rounded(double share) => double.Parse(Text(share), System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(double share) => share.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
}
