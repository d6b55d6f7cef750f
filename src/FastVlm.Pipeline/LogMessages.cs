using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline;

/// <summary>All log messages of this project. Ids: 1000s cameras, 2000s inference, 3000s rules, 4000s alerts; never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1000, LogLevel.Information, "Camera '{CameraId}': opening, try {Attempt}.")]
    public static partial void FeedConnecting(this ILogger logger, CameraId cameraId, int attempt);

    [LoggerMessage(1001, LogLevel.Information, "Camera '{CameraId}': live.")]
    public static partial void FeedLive(this ILogger logger, CameraId cameraId);

    [LoggerMessage(1002, LogLevel.Warning, "Camera '{CameraId}': {Reason} Trying again in {DelaySeconds:0.0} s.")]
    public static partial void FeedLost(this ILogger logger, CameraId cameraId, string reason, double delaySeconds);

    [LoggerMessage(1003, LogLevel.Information, "Camera '{CameraId}': ended after {FrameCount} frames.")]
    public static partial void FeedEnded(this ILogger logger, CameraId cameraId, long frameCount);

    [LoggerMessage(1004, LogLevel.Error, "Camera '{CameraId}': the reader met a defect.")]
    public static partial void FeedDefect(this ILogger logger, Exception exception, CameraId cameraId);

    [LoggerMessage(2000, LogLevel.Warning, "Camera '{CameraId}': frame {FrameIndex} got no caption. {Reason}")]
    public static partial void CaptionFailed(this ILogger logger, CameraId cameraId, long frameIndex, string reason);

    [LoggerMessage(2001, LogLevel.Error, "Camera '{CameraId}': the model met a defect at frame {FrameIndex}.")]
    public static partial void ModelDefect(this ILogger logger, Exception exception, CameraId cameraId, long frameIndex);

    [LoggerMessage(4000, LogLevel.Information, "Alert {AlertId} delivered to {Receiver} at try {Attempt}.")]
    public static partial void AlertDelivered(this ILogger logger, string alertId, string receiver, int attempt);

    [LoggerMessage(4001, LogLevel.Warning,
        "Alert {AlertId} not accepted by {Receiver} at try {Attempt}: {Reason} Trying again in {DelaySeconds:0.0} s.")]
    public static partial void AlertRetried(
        this ILogger logger, string alertId, string receiver, int attempt, string reason, double delaySeconds);

    [LoggerMessage(4002, LogLevel.Error, "Alert {AlertId} given up for {Receiver} after {Attempt} tries: {Reason}")]
    public static partial void AlertGivenUp(this ILogger logger, string alertId, string receiver, int attempt, string reason);

    [LoggerMessage(4003, LogLevel.Error, "Alert {AlertId} dropped: {QueueLength} alerts already wait for delivery.")]
    public static partial void AlertDropped(this ILogger logger, string alertId, int queueLength);
}
