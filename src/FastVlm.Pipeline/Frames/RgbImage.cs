namespace FastVlm.Pipeline.Frames;

/// <summary>A decoded picture: 8-bit RGB, rows top to bottom without padding, <c>WidthPx × HeightPx × 3</c> bytes.</summary>
public sealed class RgbImage
{
    public RgbImage(int widthPx, int heightPx, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(widthPx);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heightPx);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)widthPx * heightPx * 3)
        {
            throw new ArgumentException(
                $"A {widthPx}×{heightPx} RGB picture has {(long)widthPx * heightPx * 3} bytes, not {pixels.LongLength}.",
                nameof(pixels));
        }

        WidthPx = widthPx;
        HeightPx = heightPx;
        Pixels = pixels;
    }

    public int WidthPx { get; }

    public int HeightPx { get; }

    /// <summary>The bytes themselves, not a copy. Whoever receives the picture must not write to them.</summary>
    public byte[] Pixels { get; }
}
