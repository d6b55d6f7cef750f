namespace FastVlm.Web;

/// <summary>All log messages of this project. Ids: 6000s; never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(6000, LogLevel.Warning, "{Method} {Path} could not be done: {Reason}")]
    public static partial void StorageFailed(this ILogger logger, string method, string path, string reason);

    [LoggerMessage(6001, LogLevel.Error, "{Method} {Path} met a defect.")]
    public static partial void RequestDefect(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(6002, LogLevel.Error, "Sending live events met a defect; the connection gets no more.")]
    public static partial void LiveDefect(this ILogger logger, Exception exception);

    [LoggerMessage(6003, LogLevel.Information,
        "Applied the configuration file '{Path}': {CameraCount} cameras, {RuleCount} rules, {EndpointCount} webhooks.")]
    public static partial void FileApplied(this ILogger logger, string path, int cameraCount, int ruleCount, int endpointCount);

    [LoggerMessage(6004, LogLevel.Error, "{Problem}")]
    public static partial void FileRefused(this ILogger logger, string problem);
}
