using FastVlm.Grains.Members;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains;

/// <summary>All log messages of this project. Ids: 7100 to 7999; never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(7100, LogLevel.Information, "Node '{Name}' ({Roles}, {Address}) is {State}.")]
    public static partial void MemberChanged(this ILogger logger, string name, SiloState state, string roles, SiloAddress address);

    [LoggerMessage(7200, LogLevel.Warning, "{Count} live events are given up after {Tries} tries: {Reason}")]
    public static partial void BatchGivenUp(this ILogger logger, int count, int tries, string reason);

    [LoggerMessage(7201, LogLevel.Warning, "Live stream {Partition} was silent for {Seconds} s; it is listened to anew.")]
    public static partial void StreamSilent(this ILogger logger, int partition, double seconds);

    [LoggerMessage(7202, LogLevel.Debug, "{Count} live events from node '{From}' are of a kind that this version does not know.")]
    public static partial void EventsSkipped(this ILogger logger, int count, string from);

    [LoggerMessage(7203, LogLevel.Debug, "The live relay could not be looked after this time: {Reason}")]
    public static partial void RelayNotKept(this ILogger logger, string reason);

    [LoggerMessage(7204, LogLevel.Debug, "Live stream {Partition} took no pulse: {Reason}")]
    public static partial void PulseNotTaken(this ILogger logger, int partition, string reason);

    [LoggerMessage(7205, LogLevel.Information, "Node '{Name}' no longer listens to live stream {Partition}.")]
    public static partial void SubscriptionRemoved(this ILogger logger, string name, int partition);

    [LoggerMessage(7300, LogLevel.Warning, "Device '{Device}' could not be asked; another one is. {Reason}")]
    public static partial void DeviceNotReached(this ILogger logger, string device, string reason);

    [LoggerMessage(7310, LogLevel.Warning, "Camera '{CameraId}': its rules could not be reached, and the caption waits. {Reason}")]
    public static partial void RulesNotReached(this ILogger logger, string cameraId, string reason);

    [LoggerMessage(7311, LogLevel.Information, "Camera '{CameraId}': its rules are judged here from now on (epoch {Epoch}).")]
    public static partial void StageOpened(this ILogger logger, string cameraId, long epoch);

    [LoggerMessage(7312, LogLevel.Warning, "Camera '{CameraId}': its rules are judged elsewhere by now. {Reason}")]
    public static partial void StageFenced(this ILogger logger, string cameraId, string reason);

    [LoggerMessage(7313, LogLevel.Error, "Camera '{CameraId}': letting time pass for its rules failed.")]
    public static partial void StageDefect(this ILogger logger, Exception exception, string cameraId);

    [LoggerMessage(7314, LogLevel.Warning, "Camera '{CameraId}': node '{Silo}' gave no evidence pictures. {Reason}")]
    public static partial void EvidenceNotReached(this ILogger logger, string cameraId, string silo, string reason);

    [LoggerMessage(7320, LogLevel.Information, "Camera '{CameraId}' runs here from now on (epoch {Epoch}).")]
    public static partial void CameraStarted(this ILogger logger, string cameraId, long epoch);

    [LoggerMessage(7321, LogLevel.Information, "Camera '{CameraId}' runs here no more.")]
    public static partial void CameraStopped(this ILogger logger, string cameraId);

    [LoggerMessage(7322, LogLevel.Error, "Camera '{CameraId}': letting time pass failed.")]
    public static partial void CameraTickDefect(this ILogger logger, Exception exception, string cameraId);

    [LoggerMessage(7330, LogLevel.Warning, "Camera '{CameraId}' could not be started on '{Silo}'; tried again. {Reason}")]
    public static partial void CameraNotStarted(this ILogger logger, string cameraId, string silo, string reason);

    [LoggerMessage(7331, LogLevel.Information, "{Started} cameras to start, {Moved} to move, {Stopped} to stop, on {Silos} nodes.")]
    public static partial void FleetPlanned(this ILogger logger, int started, int moved, int stopped, int silos);

    [LoggerMessage(7332, LogLevel.Warning, "The fleet could not be looked after just now; tried again. {Reason}")]
    public static partial void FleetNotReached(this ILogger logger, string reason);

    [LoggerMessage(7340, LogLevel.Warning, "Node '{Silo}' did not answer. {Reason}")]
    public static partial void SiloNotReached(this ILogger logger, string silo, string reason);
}
