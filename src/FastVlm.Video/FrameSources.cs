using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.Video.Sources;
using Microsoft.Extensions.Logging;

namespace FastVlm.Video;

/// <summary>Chooses the reader that fits a source.</summary>
public static class FrameSources
{
    /// <summary>Opens nothing yet: the source is opened when its frames are enumerated.</summary>
    public static IFrameSource Create(
        CameraId cameraId, VideoSource source, FrameSourceOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Kind == VideoSourceKind.Pictures
            ? new PictureSequenceSource(cameraId, source, options, timeProvider, logger)
            : new FfmpegFrameSource(cameraId, source, options, timeProvider, logger);
    }
}
