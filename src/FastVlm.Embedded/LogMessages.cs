using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded;

/// <summary>All log messages of this project. Ids: 7000s; never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(7001, LogLevel.Critical, "The platform's {Part} met a defect and the platform stops.")]
    public static partial void PartFailed(this ILogger logger, Exception exception, string part);

    [LoggerMessage(7003, LogLevel.Warning,
        "Webhook '{Name}' was to be disabled ({Reason}), but the configuration answers {Status}.")]
    public static partial void EndpointNotDisabled(
        this ILogger logger, string name, string reason, Pipeline.Configuration.ChangeStatus status);
}
