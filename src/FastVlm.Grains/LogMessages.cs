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
}
