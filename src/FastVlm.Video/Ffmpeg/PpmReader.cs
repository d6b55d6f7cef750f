using System.Globalization;
using System.Text;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Video.Ffmpeg;

/// <summary>
/// Splits ffmpeg's output into pictures. Each PPM carries its size in front, so that a lost byte is noticed instead of
/// shifting all later pictures, as it would with headerless raw video.
/// </summary>
/// <param name="stream">Should be buffered: headers are read byte by byte.</param>
internal sealed class PpmReader(Stream stream)
{
    /// <summary>"P6\n16384 16384\n255\n" has 19 bytes; longer headers are not ffmpeg's.</summary>
    private const int HeaderBytesMax = 32;

    /// <summary>Reads the next header; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a PPM header: we lost the place in the stream.</exception>
    /// <exception cref="FailureException">PictureInvalid: the size is outside the limits.</exception>
    public async Task<(int WidthPx, int HeightPx)?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var header = new byte[HeaderBytesMax];
        var length = 0;
        var lineCount = 0;

        // A header is three lines.
        while (lineCount < 3)
        {
            if (length == HeaderBytesMax)
            {
                throw new InvalidDataException("The output of ffmpeg has no PPM header where a picture should begin.");
            }

            if (await stream.ReadAsync(header.AsMemory(length, 1), cancellationToken) == 0)
            {
                return null;
            }

            lineCount += header[length++] == (byte)'\n' ? 1 : 0;
        }

        return ParseHeader(Encoding.ASCII.GetString(header, 0, length));
    }

    /// <summary>Reads the pixels after a header; null when the stream ends within them.</summary>
    public async Task<RgbImage?> ReadPixelsAsync(int widthPx, int heightPx, CancellationToken cancellationToken)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(checked(widthPx * heightPx * 3));
        var read = await stream.ReadAtLeastAsync(pixels, pixels.Length, throwOnEndOfStream: false, cancellationToken);
        return read == pixels.Length ? new RgbImage(widthPx, heightPx, pixels) : null;
    }

    private static (int WidthPx, int HeightPx) ParseHeader(string header)
    {
        var parts = header.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["P6", var width, var height, "255"]
            || !int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var widthPx)
            || !int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var heightPx))
        {
            throw new InvalidDataException("The output of ffmpeg has no PPM header where a picture should begin.");
        }

        PictureSize.Check(widthPx, heightPx, "The picture");
        return (widthPx, heightPx);
    }
}
