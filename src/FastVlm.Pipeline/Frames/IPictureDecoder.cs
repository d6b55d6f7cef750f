namespace FastVlm.Pipeline.Frames;

/// <summary>Reads pictures that came from another machine. Safe for concurrent use.</summary>
public interface IPictureDecoder
{
    /// <param name="jpeg">A whole JPEG.</param>
    /// <exception cref="FailureException">PictureInvalid: it is damaged or no JPEG.</exception>
    RgbImage DecodeJpeg(ReadOnlySpan<byte> jpeg);
}
