using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Video;

/// <summary>
/// Blackens polygons of a picture that was cut and scaled already. It blackens a margin around them too, as wide as the
/// scaler's filters reach, so that no pixel that is left holds anything of a masked one.
/// </summary>
/// <param name="masks">In shares of the whole picture.</param>
/// <param name="region">What was cut out of it; null for all of it.</param>
internal sealed class PrivacyMask(IReadOnlyList<MaskSpec> masks, RegionSpec? region)
{
    /// <summary>
    /// The bicubic filter reads 2 px on each side of the smaller grid; chroma has half the pixels, so that is up to 4 px, and
    /// lies half a pixel aside; one more for the rounding of sizes.
    /// </summary>
    private const double MarginPx = 6;

    private (int WidthPx, int HeightPx, int SourceWidthPx, int SourceHeightPx) size;
    private List<(int Start, int Length)> runs = [];

    /// <summary>Blackens the masked pixels in place. Not safe for concurrent use.</summary>
    /// <param name="image">As it came out of the scaler.</param>
    /// <param name="sourceWidthPx">Width of the whole picture before cutting and scaling.</param>
    /// <param name="sourceHeightPx">Height of the whole picture before cutting and scaling.</param>
    public void Apply(RgbImage image, int sourceWidthPx, int sourceHeightPx)
    {
        var asked = (image.WidthPx, image.HeightPx, sourceWidthPx, sourceHeightPx);
        if (size != asked)
        {
            size = asked;
            runs = [.. RunsOf(image.WidthPx, image.HeightPx)];
        }

        foreach (var (start, length) in runs)
        {
            image.Pixels.AsSpan(start * 3, length * 3).Clear();
        }
    }

    private IEnumerable<(int Start, int Length)> RunsOf(int widthPx, int heightPx)
    {
        var area = PictureCut.Of(region, size.SourceWidthPx, size.SourceHeightPx);
        var scaleX = (double)widthPx / area.WidthPx;
        var scaleY = (double)heightPx / area.HeightPx;
        var margin = MarginPx * Math.Max(1, Math.Max(scaleX, scaleY));
        var polygons = masks
            .Select(mask => mask.Points
                .Select(p => (X: ((p.X * size.SourceWidthPx) - area.X) * scaleX, Y: ((p.Y * size.SourceHeightPx) - area.Y) * scaleY))
                .ToArray())
            .ToList();
        for (var y = 0; y < heightPx; y++)
        {
            var start = -1;
            for (var x = 0; x <= widthPx; x++)
            {
                var isMasked = x < widthPx && polygons.Exists(polygon => IsNear(polygon, x + 0.5, y + 0.5, margin));
                if (isMasked && start < 0)
                {
                    start = x;
                }
                else if (!isMasked && start >= 0)
                {
                    yield return ((y * widthPx) + start, x - start);
                    start = -1;
                }
            }
        }
    }

    private static bool IsNear((double X, double Y)[] polygon, double x, double y, double margin)
    {
        // Where edges cross each other, what any winding encloses is inside: a mask hides rather too much.
        var winding = 0;
        for (var i = 0; i < polygon.Length; i++)
        {
            var (a, b) = (polygon[i], polygon[(i + 1) % polygon.Length]);
            if (SquaredDistance(a, b, x, y) <= margin * margin)
            {
                return true;
            }

            var side = ((b.X - a.X) * (y - a.Y)) - ((x - a.X) * (b.Y - a.Y));
            winding += a.Y <= y ? (b.Y > y && side > 0 ? 1 : 0) : (b.Y <= y && side < 0 ? -1 : 0);
        }

        return winding != 0;
    }

    private static double SquaredDistance((double X, double Y) a, (double X, double Y) b, double x, double y)
    {
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var squared = (dx * dx) + (dy * dy);
        var along = squared > 0 ? Math.Clamp((((x - a.X) * dx) + ((y - a.Y) * dy)) / squared, 0, 1) : 0;
        var (px, py) = (a.X + (along * dx) - x, a.Y + (along * dy) - y);
        return (px * px) + (py * py);
    }
}
