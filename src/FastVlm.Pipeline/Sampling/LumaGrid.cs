using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Sampling;

/// <summary>Mean brightness (0 to 1) of a picture's cells, row by row: small enough to compare with every frame.</summary>
internal static class LumaGrid
{
    public const int Columns = 32;
    public const int Rows = 18;
    public const int Cells = Columns * Rows;

    /// <summary>Smaller pictures than the grid repeat their pixels in several cells.</summary>
    public static float[] Of(RgbImage image)
    {
        var cells = new float[Cells];
        for (var row = 0; row < Rows; row++)
        {
            var (top, bottom) = Span(row, Rows, image.HeightPx);
            for (var column = 0; column < Columns; column++)
            {
                var (left, right) = Span(column, Columns, image.WidthPx);
                cells[(row * Columns) + column] = Mean(image, left, right, top, bottom);
            }
        }

        return cells;
    }

    private static (int From, int To) Span(int index, int count, int lengthPx)
    {
        var from = index * lengthPx / count;
        return (from, Math.Max(from + 1, (index + 1) * lengthPx / count));
    }

    private static float Mean(RgbImage image, int left, int right, int top, int bottom)
    {
        long sum = 0;
        for (var y = top; y < bottom; y++)
        {
            var row = image.Pixels.AsSpan(((y * image.WidthPx) + left) * 3, (right - left) * 3);
            for (var i = 0; i < row.Length; i += 3)
            {
                sum += Luma.Of(row[i], row[i + 1], row[i + 2]);
            }
        }

        return sum / (255f * (right - left) * (bottom - top));
    }
}
