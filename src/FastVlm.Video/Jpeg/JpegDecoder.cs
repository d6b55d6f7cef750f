using System.Runtime.InteropServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Video.Jpeg;

/// <summary>Reads JPEG pictures with the system's libturbojpeg. Safe for concurrent use; keeps nothing between calls.</summary>
public sealed class JpegDecoder : IPictureDecoder
{
    /// <exception cref="FailureException">ToolMissing: the library is not installed; the message says what to install.</exception>
    public JpegDecoder() => TurboJpeg.Load();

    /// <inheritdoc/>
    public unsafe RgbImage DecodeJpeg(ReadOnlySpan<byte> jpeg)
    {
        var handle = TurboJpeg.InitDecompress();
        try
        {
            fixed (byte* bytes = jpeg)
            {
                var size = new CULong((nuint)jpeg.Length);
                if (TurboJpeg.ReadHeader(handle, bytes, size, out var widthPx, out var heightPx, out _, out _) != 0
                    || widthPx > VideoLimits.PictureSidePxMax
                    || heightPx > VideoLimits.PictureSidePxMax)
                {
                    throw Refused(handle, jpeg.Length);
                }

                var pixels = GC.AllocateUninitializedArray<byte>(widthPx * heightPx * 3);
                fixed (byte* output = pixels)
                {
                    return TurboJpeg.Decompress(
                        handle, bytes, size, output, widthPx, widthPx * 3, heightPx, TurboJpeg.PixelFormatRgb, flags: 0) == 0
                        ? new RgbImage(widthPx, heightPx, pixels)
                        : throw Refused(handle, jpeg.Length);
                }
            }
        }
        finally
        {
            _ = TurboJpeg.Destroy(handle);
        }
    }

    private static FailureException Refused(nint handle, int bytes) => new(
        FailureKind.PictureInvalid,
        $"A picture of {bytes} bytes from another node cannot be read as JPEG "
        + $"(libturbojpeg says: {Marshal.PtrToStringUTF8(TurboJpeg.LastError(handle))}).");
}
