namespace FastVlm.Onnx.Images;

/// <summary>Which canvas a picture is tiled on, and how large it lies there.</summary>
internal static class TileGrid
{
    /// <summary>The size that keeps most of the picture's pixels; of equals the one that wastes least.</summary>
    public static (int WidthPx, int HeightPx) Choose(int widthPx, int heightPx, IReadOnlyList<(int WidthPx, int HeightPx)> sizes)
    {
        var best = sizes[0];
        var (keptMost, wastedLeast) = (0L, long.MaxValue);
        foreach (var size in sizes)
        {
            var scale = Math.Min((double)size.WidthPx / widthPx, (double)size.HeightPx / heightPx);
            var shrunk = (long)(int)(widthPx * scale) * (int)(heightPx * scale);
            var kept = Math.Min(shrunk, (long)widthPx * heightPx);
            var wasted = (long)size.WidthPx * size.HeightPx - kept;
            if (kept < keptMost || (kept == keptMost && wasted >= wastedLeast)) continue;
            (best, keptMost, wastedLeast) = (size, kept, wasted);
        }

        return best;
    }

    /// <summary>The picture's size on the canvas: one side fills it, the other is rounded up.</summary>
    public static (int WidthPx, int HeightPx) Fit(int widthPx, int heightPx, int canvasWidthPx, int canvasHeightPx)
    {
        var (byWidth, byHeight) = ((double)canvasWidthPx / widthPx, (double)canvasHeightPx / heightPx);
        return byWidth < byHeight
            ? (canvasWidthPx, Math.Min((int)Math.Ceiling(heightPx * byWidth), canvasHeightPx))
            : (Math.Min((int)Math.Ceiling(widthPx * byHeight), canvasWidthPx), canvasHeightPx);
    }

    public static int Count(int canvasPx, int tilePx) => (canvasPx + tilePx - 1) / tilePx;
}
