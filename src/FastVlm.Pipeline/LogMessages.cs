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

    [LoggerMessage(1005, LogLevel.Warning, "Camera '{CameraId}': {Reason} Its frames are not looked at.")]
    public static partial void PictureBad(this ILogger logger, CameraId cameraId, string reason);

    [LoggerMessage(1006, LogLevel.Information, "Camera '{CameraId}': the picture is healthy again.")]
    public static partial void PictureHealthy(this ILogger logger, CameraId cameraId);

    [LoggerMessage(1007, LogLevel.Warning, "Camera '{CameraId}': this feed ends, a newer one runs elsewhere. {Reason}")]
    public static partial void FeedFenced(this ILogger logger, CameraId cameraId, string reason);

    [LoggerMessage(1008, LogLevel.Error, "Camera '{CameraId}' met a defect.")]
    public static partial void CameraDefect(this ILogger logger, Exception exception, CameraId cameraId);

    [LoggerMessage(1009, LogLevel.Error, "'{Title}' is not stored yet, and {Count} changes wait: {Reason}")]
    public static partial void IncidentWaits(this ILogger logger, string title, int count, string reason);

    [LoggerMessage(2000, LogLevel.Warning, "Camera '{CameraId}': frame {FrameIndex} got no caption. {Reason}")]
    public static partial void CaptionFailed(this ILogger logger, CameraId cameraId, long frameIndex, string reason);

    [LoggerMessage(2001, LogLevel.Error, "Camera '{CameraId}': the model met a defect at frame {FrameIndex}.")]
    public static partial void ModelDefect(this ILogger logger, Exception exception, CameraId cameraId, long frameIndex);

    [LoggerMessage(3000, LogLevel.Information, "Camera '{CameraId}': incident {IncidentId} opened, '{Title}': {Why}")]
    public static partial void IncidentOpened(this ILogger logger, CameraId cameraId, IncidentId incidentId, string title, string why);

    [LoggerMessage(3001, LogLevel.Information, "Camera '{CameraId}': incident {IncidentId} cleared, '{Title}': {Reason}")]
    public static partial void IncidentCleared(
        this ILogger logger, CameraId cameraId, IncidentId incidentId, string title, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "Camera '{CameraId}': a picture could not be kept as evidence: {Reason}")]
    public static partial void EvidenceMissing(this ILogger logger, CameraId cameraId, string reason);

    [LoggerMessage(3003, LogLevel.Error, "Back-test {Id} met a defect.")]
    public static partial void BackTestDefect(this ILogger logger, Exception exception, string id);

    [LoggerMessage(3010, LogLevel.Error, "Storing failed: {Reason} Trying again; captions and incidents wait in memory.")]
    public static partial void StorageFailed(this ILogger logger, string reason);

    [LoggerMessage(3011, LogLevel.Error, "Camera '{CameraId}': a caption was not stored, because {Length} entries already wait.")]
    public static partial void CaptionNotStored(this ILogger logger, string cameraId, int length);

    [LoggerMessage(3013, LogLevel.Error, "Camera '{CameraId}': what its old stage had told was not stored. {Reason}")]
    public static partial void EntryFenced(this ILogger logger, string cameraId, string reason);

    [LoggerMessage(3014, LogLevel.Critical, "Camera '{CameraId}': the store does not take an entry, which is lost.")]
    public static partial void EntryRefused(this ILogger logger, Exception exception, string cameraId);

    [LoggerMessage(3012, LogLevel.Critical, "{Count} captions and incidents could not be stored before the end, and are lost.")]
    public static partial void EntriesLost(this ILogger logger, int count);

    [LoggerMessage(4010, LogLevel.Information, "Delivery {DeliveryId} accepted by '{Endpoint}' at try {Attempt}.")]
    public static partial void DeliveryAccepted(this ILogger logger, DeliveryId deliveryId, string endpoint, int attempt);

    [LoggerMessage(4011, LogLevel.Warning,
        "Delivery {DeliveryId} not accepted by '{Endpoint}' at try {Attempt}: {Reason} The next try is at {NextAttemptAt:u}.")]
    public static partial void DeliveryRetried(
        this ILogger logger, DeliveryId deliveryId, string endpoint, int attempt, string reason, DateTimeOffset? nextAttemptAt);

    [LoggerMessage(4012, LogLevel.Error, "Delivery {DeliveryId} given up for '{Endpoint}' after {Attempt} tries: {Reason}")]
    public static partial void DeliveryFailed(
        this ILogger logger, DeliveryId deliveryId, string endpoint, int attempt, string reason);

    [LoggerMessage(4013, LogLevel.Warning, "{Count} deliveries to '{Endpoint}' cancelled. {Reason}")]
    public static partial void DeliveriesCancelled(this ILogger logger, int count, string endpoint, string reason);

    [LoggerMessage(4014, LogLevel.Error, "Endpoint '{Endpoint}' disabled: {Reason}")]
    public static partial void EndpointDisabled(this ILogger logger, string endpoint, string reason);

    [LoggerMessage(4015, LogLevel.Warning, "Whether endpoint '{Endpoint}' works could not be stored: {Reason}")]
    public static partial void EndpointNotJudged(this ILogger logger, string endpoint, string reason);

    [LoggerMessage(4016, LogLevel.Error,
        "The outbox of endpoint '{Endpoint}' does not answer: {Reason} Trying again in {DelaySeconds:0.0} s.")]
    public static partial void OutboxUnavailable(this ILogger logger, string endpoint, string reason, double delaySeconds);

    [LoggerMessage(4017, LogLevel.Error,
        "A try of delivery {DeliveryId} could not be stored before the end; it will be sent again under this id. {Reason}")]
    public static partial void TryNotStored(this ILogger logger, DeliveryId deliveryId, string reason);

    [LoggerMessage(4018, LogLevel.Error, "Deliveries to deleted or disabled endpoints could not be cancelled: {Reason}")]
    public static partial void EndpointsNotRetired(this ILogger logger, string reason);

    [LoggerMessage(4019, LogLevel.Error, "Deliveries to '{Endpoint}' met a defect and begin anew.")]
    public static partial void LaneDefect(this ILogger logger, Exception exception, string endpoint);

    [LoggerMessage(4020, LogLevel.Warning, "The leases on endpoints could not be renewed: {Reason}")]
    public static partial void LeasesNotRenewed(this ILogger logger, string reason);

    [LoggerMessage(4021, LogLevel.Warning,
        "{Count} leases on endpoints were not given back and run out by themselves within {LeaseSeconds:0} s: {Reason}")]
    public static partial void LeasesNotReleased(this ILogger logger, int count, double leaseSeconds, string reason);
}
