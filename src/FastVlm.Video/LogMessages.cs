using Microsoft.Extensions.Logging;

namespace FastVlm.Video;

/// <summary>All log messages of this project; ids 1100 to 1199, never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1100, LogLevel.Warning, "Camera '{CameraId}': skipped a picture. {Reason}")]
    public static partial void PictureSkipped(this ILogger logger, string cameraId, string reason);

    [LoggerMessage(1101, LogLevel.Debug,
        "Camera '{CameraId}': ffmpeg ended with exit code {ExitCode} after {FrameCount} frames. Its log:\n{LogTail}")]
    public static partial void ProcessEnded(this ILogger logger, string cameraId, int exitCode, long frameCount, string logTail);

    [LoggerMessage(1102, LogLevel.Warning, "Camera '{CameraId}': no live video until the source is opened again. {Reason}")]
    public static partial void LiveVideoLost(this ILogger logger, string cameraId, string reason);
}
