using System.Buffers;
using System.Runtime.InteropServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Video.Jpeg;

/// <summary>
/// Writes JPEG pictures with the system's libturbojpeg. Safe for concurrent use; keeps nothing between calls.
/// </summary>
public sealed class JpegEncoder : IPictureEncoder
{
    /// <exception cref="FailureException">ToolMissing: the library is not installed; the message says what to install.</exception>
    public JpegEncoder() => TurboJpeg.Load();

    /// <inheritdoc/>
    public unsafe byte[] EncodeJpeg(RgbImage image, int quality)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        var size = TurboJpeg.BufferSize(image.WidthPx, image.HeightPx, TurboJpeg.Subsampling420);
        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)size.Value));
        var handle = TurboJpeg.InitCompress();
        try
        {
            fixed (byte* pixels = image.Pixels, output = buffer)
            {
                var jpeg = output;
                var result = TurboJpeg.Compress(
                    handle, pixels, image.WidthPx, image.WidthPx * 3, image.HeightPx, TurboJpeg.PixelFormatRgb,
                    &jpeg, ref size, TurboJpeg.Subsampling420, quality, TurboJpeg.NoReallocation);
                return result == 0 ? buffer.AsSpan(0, (int)size.Value).ToArray() : throw Refused(handle, image);
            }
        }
        finally
        {
            _ = TurboJpeg.Destroy(handle);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FailureException Refused(nint handle, RgbImage image) => new(
        FailureKind.PictureInvalid,
        $"A picture of {image.WidthPx}×{image.HeightPx} px cannot be written as JPEG "
        + $"(libturbojpeg says: {Marshal.PtrToStringUTF8(TurboJpeg.LastError(handle))}).");
}
