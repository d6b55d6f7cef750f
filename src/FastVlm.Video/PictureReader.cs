using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.Video.Ffmpeg;

namespace FastVlm.Video;

/// <summary>
/// Decodes pictures of any format that ffmpeg knows, at full size, without applying an EXIF orientation (as PIL's
/// <c>Image.open(…).convert("RGB")</c>, which the model was trained with). Transparency is dropped, not blended.
/// A truncated or corrupt picture is refused rather than shown in part.
/// </summary>
public sealed class PictureReader(string ffmpegPath = "ffmpeg")
{
    /// <exception cref="FailureException">PictureInvalid, SourceUnreachable (no such file) or ToolMissing.</exception>
    public async Task<RgbImage> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > VideoLimits.PictureFileBytesMax)
            {
                throw new FailureException(
                    FailureKind.PictureInvalid,
                $"The picture '{path}' has {length} bytes; the limit is {VideoLimits.PictureFileBytesMax} bytes.");
            }

            return await ReadAsync(await File.ReadAllBytesAsync(path, cancellationToken), path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureKind.SourceUnreachable, $"The picture '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Decodes the bytes of a picture file; the name is for messages.</summary>
    /// <exception cref="FailureException">PictureInvalid or ToolMissing.</exception>
    public async Task<RgbImage> ReadAsync(ReadOnlyMemory<byte> encoded, string name, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(VideoLimits.PictureTimeout);
        try
        {
            return await DecodeAsync(encoded, name, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FailureException(
                FailureKind.PictureInvalid,
                $"The picture '{name}' could not be decoded within {VideoLimits.PictureTimeout.TotalSeconds} s.");
        }
    }

    private async Task<RgbImage> DecodeAsync(ReadOnlyMemory<byte> encoded, string name, CancellationToken cancellationToken)
    {
        if (encoded.IsEmpty)
        {
            throw new FailureException(FailureKind.PictureInvalid, $"The picture '{name}' is empty (0 bytes).");
        }

        await using var process = await FfmpegProcess.StartAsync(
            ExternalProgram.Find(ffmpegPath), FfmpegArguments.ForPicture(encoded.Span), encoded, redact: line => line, traces: null);
        await using var output = new BufferedStream(process.Output, bufferSize: 4096);
        var pictures = new PpmReader(output);
        var image = await pictures.ReadHeaderAsync(cancellationToken) is var (widthPx, heightPx)
            ? await pictures.ReadPixelsAsync(widthPx, heightPx, cancellationToken)
            : null;

        // Only the end tells whether the decoder met an error: a damaged picture still comes out, partly grey.
        var exitCode = await process.WaitForEndAsync(cancellationToken);
        var damage = FfmpegArguments.IsTiff(encoded.Span)
            ? null
            : process.LogTail.Lines.FirstOrDefault(line => line.Contains("[error]", StringComparison.Ordinal));
        return image is not null && exitCode == 0 && damage is null
            ? image
            : throw Invalid(name, process.LogTail.Lines, damage);
    }

    private static FailureException Invalid(string name, IReadOnlyList<string> log, string? damage)
    {
        var known = FfmpegFailure.NothingRead(name, log);
        return known.Kind == FailureKind.PictureInvalid
            ? known
            : new FailureException(
                FailureKind.PictureInvalid,
                $"The picture '{name}' is damaged or of an unknown format{(damage is null ? "" : $" (ffmpeg says: {damage.Trim()})")}.");
    }
}
