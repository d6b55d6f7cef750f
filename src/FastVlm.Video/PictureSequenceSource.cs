using System.Runtime.CompilerServices;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.Video.Sources;
using Microsoft.Extensions.Logging;

namespace FastVlm.Video;

/// <summary>
/// Reads pictures one after the other, each at its own size, in the order of the numbers in their names. A picture that
/// cannot be decoded is logged and skipped; its index is left out. A sequence without any readable picture fails.
/// </summary>
public sealed class PictureSequenceSource : IFrameSource
{
    private readonly CameraId cameraId;
    private readonly VideoSource source;
    private readonly FrameSourceOptions options;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly PictureReader reader;

    public PictureSequenceSource(
        CameraId cameraId, VideoSource source, FrameSourceOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        this.cameraId = cameraId;
        this.source = source;
        this.options = options;
        this.timeProvider = timeProvider;
        this.logger = logger;
        reader = new PictureReader(options.FfmpegPath);
    }

    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = PictureNames.List(source.Location);
        var readCount = 0;
        FailureException? lastFailure = null;
        for (var index = 0; index < files.Count; index++)
        {
            var (image, failure) = await TryReadAsync(files[index], cancellationToken);
            if (image is null)
            {
                lastFailure = failure;
                continue;
            }

            readCount++;
            yield return new Frame
            {
                CameraId = cameraId,
                Index = index,
                CapturedAt = timeProvider.GetUtcNow(),
                MediaTime = index * options.PicturePeriod,
                Image = image,
            };
        }

        if (readCount == 0)
        {
            throw lastFailure!;
        }
    }

    private async Task<(RgbImage? Image, FailureException? Failure)> TryReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return (await reader.ReadFileAsync(file, cancellationToken), null);
        }
        catch (FailureException e) when (e.Kind is FailureKind.PictureInvalid or FailureKind.SourceUnreachable)
        {
            logger.PictureSkipped(cameraId.Value, e.Message);
            return (null, e);
        }
    }
}
