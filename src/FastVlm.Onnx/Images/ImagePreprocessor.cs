using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Onnx.Images;

/// <summary>
/// Makes the encoder's input of a picture, exactly as the model was trained: Pillow's antialiased bicubic, rescaled,
/// normalised, planar floats. Keeps its buffers; the pixels are valid until the next call. Not safe for concurrent use.
/// </summary>
internal sealed class ImagePreprocessor(PreprocessorSettings settings, ImageAspect aspect)
{
    /// <summary>Beyond this a picture is a mistake or an attack: 16384² × 3 bytes are 805 MB.</summary>
    public const int SideMaxPx = 16_384;

    // Apple's and LLaVA's code would make at most a few; each costs a whole run of the encoder.
    private const int TilesMax = 64;

    private readonly PictureResampler _resampler = new();
    private float[] _pixels = [];

    public int SidePx => settings.SidePx;

    /// <summary>Tiles × 3 × side × side values of the last picture.</summary>
    public float[] Pixels => _pixels;

    /// <summary>Fills <see cref="Pixels"/>.</summary>
    /// <returns>How many tiles; 1 but for <see cref="ImageAspect.AnyResolution"/>.</returns>
    /// <exception cref="FailureException">The picture is too large, or tiling is asked for and the model has none.</exception>
    public int Prepare(RgbImage picture)
    {
        if (Math.Max(picture.WidthPx, picture.HeightPx) > SideMaxPx)
        {
            throw new FailureException(
                FailureKind.PictureInvalid,
                $"The picture is {picture.WidthPx}×{picture.HeightPx} px; the limit is {SideMaxPx} px a side: shrink it first.");
        }

        switch (aspect)
        {
            case ImageAspect.Pad:
                Reserve(1);
                Pad(picture);
                return 1;
            case ImageAspect.Crop:
                Reserve(1);
                Crop(picture);
                return 1;
            default:
                return Tile(picture);
        }
    }

    private void Reserve(int tiles)
    {
        var needed = tiles * 3 * SidePx * SidePx;
        if (_pixels.Length < needed) _pixels = new float[needed];
    }

    private void Pad(RgbImage picture)
    {
        var canvas = Math.Max(picture.WidthPx, picture.HeightPx);
        _resampler.Resample(
            picture,
            Whole(canvas, (canvas - picture.WidthPx) / 2, picture.WidthPx, SidePx),
            Whole(canvas, (canvas - picture.HeightPx) / 2, picture.HeightPx, SidePx),
            Target(0) with { Background = settings.Background });
    }

    private void Crop(RgbImage picture)
    {
        var (width, height) = (SidePx, SidePx);
        if (settings.ShortestEdgePx > 0)
        {
            // As the reference does: the long side is cut to an integer, never rounded.
            var (longer, shorter) = (Math.Max(picture.WidthPx, picture.HeightPx), Math.Min(picture.WidthPx, picture.HeightPx));
            var longest = (int)((double)settings.ShortestEdgePx * longer / shorter);
            (width, height) = picture.WidthPx <= picture.HeightPx ? (settings.ShortestEdgePx, longest) : (longest, settings.ShortestEdgePx);
        }

        ResampleWindow(picture, (width, height), FloorHalf(width - SidePx), FloorHalf(height - SidePx), tile: 0);
    }

    private int Tile(RgbImage picture)
    {
        if (settings.Pinpoints.Count == 0)
        {
            throw new FailureException(
                FailureKind.Usage, "The model has no tiling (image_grid_pinpoints is empty in its config.json); "
                    + "choose the aspect pad or crop.");
        }

        var (canvasWidth, canvasHeight) = TileGrid.Choose(picture.WidthPx, picture.HeightPx, settings.Pinpoints);
        var (columns, rows) = (TileGrid.Count(canvasWidth, SidePx), TileGrid.Count(canvasHeight, SidePx));
        if (columns * rows + 1 > TilesMax)
        {
            throw new FailureException(
                FailureKind.ModelInvalid, $"The model's config.json asks for {columns * rows} tiles of a picture; "
                    + $"the limit is {TilesMax - 1}.");
        }

        Reserve(columns * rows + 1);
        _resampler.Resample(
            picture, Whole(picture.WidthPx, 0, picture.WidthPx, SidePx), Whole(picture.HeightPx, 0, picture.HeightPx, SidePx), Target(0));
        var (width, height) = TileGrid.Fit(picture.WidthPx, picture.HeightPx, canvasWidth, canvasHeight);
        var (left, top) = ((canvasWidth - width) / 2, (canvasHeight - height) / 2);
        for (var tile = 0; tile < columns * rows; tile++)
        {
            ResampleWindow(picture, (width, height), tile % columns * SidePx - left, tile / columns * SidePx - top, tile + 1);
        }

        return columns * rows + 1;
    }

    // The window may reach beyond the resized picture; what lies there is black.
    private void ResampleWindow(RgbImage picture, (int WidthPx, int HeightPx) resized, int left, int top, int tile)
    {
        var columns = Window(picture.WidthPx, resized.WidthPx, left);
        var rows = Window(picture.HeightPx, resized.HeightPx, top);
        var target = Target(tile) with { LeftPx = columns.WindowStart - left, TopPx = rows.WindowStart - top };
        if (columns.WindowLength < SidePx || rows.WindowLength < SidePx) Blacken(tile);
        if (columns.WindowLength > 0 && rows.WindowLength > 0) _resampler.Resample(picture, columns, rows, target);
    }

    private AxisSpan Window(int length, int resized, int start)
    {
        var first = Math.Clamp(start, 0, resized);
        var end = Math.Clamp(start + SidePx, 0, resized);
        return Whole(length, 0, length, resized) with { WindowStart = first, WindowLength = end - first };
    }

    private void Blacken(int tile)
    {
        var plane = SidePx * SidePx;
        for (var channel = 0; channel < 3; channel++)
        {
            _pixels.AsSpan((tile * 3 + channel) * plane, plane).Fill(settings.Normalization.Offset[channel]);
        }
    }

    private PlanarTarget Target(int tile)
    {
        var length = 3 * SidePx * SidePx;
        return new PlanarTarget
        {
            Tile = _pixels.AsMemory(tile * length, length),
            SidePx = SidePx,
            Normalization = settings.Normalization,
        };
    }

    private static AxisSpan Whole(int canvas, int start, int length, int resized) => new()
    {
        CanvasLength = canvas,
        ContentStart = start,
        ContentLength = length,
        ResizedLength = resized,
        WindowStart = 0,
        WindowLength = resized,
    };

    private static int FloorHalf(int value) => value >> 1;
}
