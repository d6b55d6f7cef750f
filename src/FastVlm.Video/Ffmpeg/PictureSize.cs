using FastVlm.Pipeline;

namespace FastVlm.Video.Ffmpeg;

/// <summary>Which sizes a picture may have.</summary>
internal static class PictureSize
{
    /// <exception cref="FailureException">PictureInvalid.</exception>
    public static void Check(int widthPx, int heightPx, string what)
    {
        if (widthPx is < 1 or > VideoLimits.PictureSidePxMax || heightPx is < 1 or > VideoLimits.PictureSidePxMax)
        {
            throw new FailureException(
                FailureKind.PictureInvalid,
                $"{what} is {widthPx}×{heightPx} px; a side must be 1 to {VideoLimits.PictureSidePxMax} px.");
        }
    }
}
